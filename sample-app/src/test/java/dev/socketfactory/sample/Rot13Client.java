package dev.socketfactory.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client as {@code nc} would be.
 */
final class Rot13Client implements AutoCloseable {

	private final Socket socket;

	private final BufferedReader in;

	Rot13Client(int port) throws IOException {
		this.socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
		this.socket.setSoTimeout(20_000);
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
	}

	String ask(String line) throws IOException {
		send(line + "\n");
		return this.in.readLine();
	}

	void send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	String endOfInput() throws IOException {
		this.socket.shutdownOutput();
		return this.in.readLine();
	}

	/**
	 * Vanish with a reset.
	 */
	void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
