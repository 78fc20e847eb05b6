package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLSocket;

/**
 * A client that says lines over TLS and reads the answers.
 */
final class TlsLinesClient implements AutoCloseable {

	private final SSLSocket socket;

	private final BufferedReader in;

	TlsLinesClient(Certificate trusted, int port) throws IOException {
		this.socket = (SSLSocket) trusted.context()
			.getSocketFactory()
			.createSocket(InetAddress.getByName("127.0.0.1"), port);
		this.socket.setSoTimeout(20_000);
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
	}

	String ask(String line) throws IOException {
		this.socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
		return this.in.readLine();
	}

	String protocol() {
		return this.socket.getSession().getProtocol();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
