package dev.socketfactory.test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Shows bytes to the reader of a message.
 */
final class Bytes {

	private static final int LONGEST = 500;

	private Bytes() {
	}

	/**
	 * Return bytes as text in quotes, or as hexadecimal digits if they are none.
	 */
	static String text(byte[] bytes) {
		String shown = isText(bytes) ? quote(new String(bytes, StandardCharsets.UTF_8))
				: "0x" + HexFormat.of().formatHex(bytes);
		return (shown.length() <= LONGEST) ? shown
				: "%s… (%d bytes)".formatted(shown.substring(0, LONGEST), bytes.length);
	}

	static String quote(String text) {
		return "\"" + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\"";
	}

	private static boolean isText(byte[] bytes) {
		try {
			return StandardCharsets.UTF_8.newDecoder()
				.decode(ByteBuffer.wrap(bytes))
				.chars()
				.noneMatch((letter) -> Character.isISOControl(letter) && "\n\r\t".indexOf(letter) < 0);
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
