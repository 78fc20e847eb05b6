package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A client that says lines and reads the answers, as {@code nc} would.
 */
final class Lines implements AutoCloseable {

	private final SocketChannel channel;

	private final BufferedReader in;

	private final Writer out;

	Lines(SocketAddress address) throws IOException {
		this.channel = SocketChannel.open(address);
		this.in = new BufferedReader(Channels.newReader(this.channel, StandardCharsets.UTF_8));
		this.out = Channels.newWriter(this.channel, StandardCharsets.UTF_8);
	}

	static Lines connect(int port) throws IOException {
		return new Lines(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
	}

	String ask(String line) throws IOException {
		this.out.write(line + "\n");
		this.out.flush();
		return this.in.readLine();
	}

	String hear() throws IOException {
		return this.in.readLine();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
