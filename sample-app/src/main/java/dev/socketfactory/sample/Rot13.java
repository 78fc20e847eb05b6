package dev.socketfactory.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.stereotype.Component;

/**
 * Answers every line of a client with the same line in rot13.
 */
@Component
class Rot13 {

	@SocketEventListener({ "rot13", "rot13-unix" })
	void serve(SocketConnection client) throws IOException {
		BufferedReader in = client.reader();
		Writer out = client.writer();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			out.write(rot13(line) + "\n");
			out.flush();
		}
	}

	static String rot13(String text) {
		int[] letters = text.codePoints().map(Rot13::rotate).toArray();
		return new String(letters, 0, letters.length);
	}

	private static int rotate(int letter) {
		int a = Character.isLowerCase(letter) ? 'a' : 'A';
		return (letter >= a && letter < a + 26) ? a + (letter - a + 13) % 26 : letter;
	}

}
