package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builder of message catalogues in the binary format of GNU gettext.
 */
final class MoFileBuilder {

	private static final int HEADER_LENGTH = 28;

	private final Map<String, String> texts = new TreeMap<>();

	private ByteOrder byteOrder = ByteOrder.LITTLE_ENDIAN;

	private Charset charset = StandardCharsets.UTF_8;

	MoFileBuilder() {
		this.texts.put("", "Content-Type: text/plain; charset=UTF-8\n");
	}

	MoFileBuilder byteOrder(ByteOrder byteOrder) {
		this.byteOrder = byteOrder;
		return this;
	}

	MoFileBuilder charset(Charset charset) {
		this.charset = charset;
		return header("Content-Type: text/plain; charset=" + charset.name() + "\n");
	}

	MoFileBuilder header(String header) {
		this.texts.put("", header);
		return this;
	}

	MoFileBuilder withoutHeader() {
		this.texts.remove("");
		return this;
	}

	MoFileBuilder text(String original, String translation) {
		this.texts.put(original, translation);
		return this;
	}

	byte[] build() {
		int count = this.texts.size();
		ByteBuffer tables = ByteBuffer.allocate(HEADER_LENGTH + 16 * count).order(this.byteOrder);
		ByteBuffer strings = ByteBuffer.allocate(65536);
		tables.putInt(0x950412de).putInt(0).putInt(count).putInt(HEADER_LENGTH).putInt(HEADER_LENGTH + 8 * count);
		tables.putInt(0).putInt(0);
		this.texts.keySet().forEach((text) -> put(text, tables, strings));
		this.texts.values().forEach((text) -> put(text, tables, strings));
		return ByteBuffer.allocate(tables.capacity() + strings.position())
			.put(tables.flip())
			.put(strings.flip())
			.array();
	}

	private void put(String text, ByteBuffer tables, ByteBuffer strings) {
		byte[] bytes = text.getBytes(this.charset);
		tables.putInt(bytes.length).putInt(tables.capacity() + strings.position());
		strings.put(bytes).put((byte) 0);
	}

	Path write(Path file) throws IOException {
		Files.createDirectories(file.getParent());
		return Files.write(file, build());
	}

}
