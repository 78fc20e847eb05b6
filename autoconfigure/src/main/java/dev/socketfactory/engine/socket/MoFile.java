package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message catalogue in the binary format of GNU gettext, of either byte order.
 */
final class MoFile {

	private static final int MAGIC = 0x950412de;

	private static final int MAX_LENGTH = 16 * 1024 * 1024;

	private static final Pattern CHARSET = Pattern.compile("charset=([\\w.:-]+)");

	private final ByteBuffer buffer;

	private final int originals;

	private final int translations;

	private final Charset charset;

	private MoFile(ByteBuffer buffer) {
		this.buffer = buffer.order(byteOrder(buffer));
		this.originals = this.buffer.getInt(12);
		this.translations = this.buffer.getInt(16);
		this.charset = charset();
	}

	/**
	 * Read a catalogue.
	 * @param file the file
	 * @return translated texts by original text, each without its plural forms; empty if
	 * the file is missing, unreadable or corrupt
	 */
	static Map<String, String> read(Path file) {
		try {
			if (!Files.isRegularFile(file) || Files.size(file) > MAX_LENGTH) {
				return Collections.emptyMap();
			}
			return new MoFile(ByteBuffer.wrap(Files.readAllBytes(file))).texts();
		}
		catch (IOException | RuntimeException ex) {
			// A damaged translation is no reason for an application not to start
			return Collections.emptyMap();
		}
	}

	private static ByteOrder byteOrder(ByteBuffer buffer) {
		int magic = buffer.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
		if (magic != MAGIC && Integer.reverseBytes(magic) != MAGIC) {
			throw new IllegalArgumentException("Not a message catalogue");
		}
		return (magic == MAGIC) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
	}

	private Map<String, String> texts() {
		int majorRevision = this.buffer.getInt(4) >>> 16;
		if (majorRevision > 1) {
			throw new IllegalArgumentException("Unknown revision " + majorRevision);
		}
		Map<String, String> texts = new HashMap<>();
		for (int i = 0; i < count(); i++) {
			String original = string(this.originals, i, this.charset);
			if (!original.isEmpty()) {
				texts.put(original, string(this.translations, i, this.charset));
			}
		}
		return texts;
	}

	private int count() {
		return this.buffer.getInt(8);
	}

	// The translation of the empty text, which sorts first, describes the file
	private Charset charset() {
		if (count() > 0 && string(this.originals, 0, StandardCharsets.US_ASCII).isEmpty()) {
			Matcher matcher = CHARSET.matcher(string(this.translations, 0, StandardCharsets.US_ASCII));
			if (matcher.find()) {
				return Charset.forName(matcher.group(1));
			}
		}
		return StandardCharsets.UTF_8;
	}

	private String string(int table, int index, Charset charset) {
		int entry = Math.addExact(table, Math.multiplyExact(index, 2 * Integer.BYTES));
		int length = this.buffer.getInt(entry);
		int offset = this.buffer.getInt(entry + Integer.BYTES);
		String string = charset.decode(this.buffer.slice(offset, length)).toString();
		int end = string.indexOf('\0');
		return (end >= 0) ? string.substring(0, end) : string;
	}

}
