package dev.socketfactory.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A client that sends and receives lines.
 */
final class LineClient implements AutoCloseable {

	private final Socket socket;

	private final BufferedReader reader;

	LineClient(String port) throws IOException {
		this.socket = new Socket("127.0.0.1", Integer.parseInt(port));
		this.socket.setSoTimeout(30_000);
		this.reader = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
	}

	void send(String line) throws IOException {
		this.socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Receive a line.
	 * @return the line, {@code null} at the end of the input
	 */
	@Nullable String read() throws IOException {
		return this.reader.readLine();
	}

	@Nullable String ask(String line) throws IOException {
		send(line);
		return read();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
