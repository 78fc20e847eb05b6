package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;

import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * Tries to connect to a UNIX datagram socket again and again, and counts how that ends.
 */
final class DatagramKnocker {

	private int connected;

	private int excluded;

	private int keptAway;

	/**
	 * Knock until there is input or its end.
	 * @param path the path of the socket
	 * @return how often it was connected, excluded by the mode and kept away by a guard
	 */
	static String run(Path path) throws IOException {
		DatagramKnocker knocker = new DatagramKnocker();
		while (System.in.available() == 0) {
			knocker.knock(path);
		}
		return "%d connected, %s excluded, %s kept away".formatted(knocker.connected, some(knocker.excluded),
				some(knocker.keptAway));
	}

	private void knock(Path path) throws IOException {
		try (DatagramChannel channel = AFUNIXDatagramChannel.open()) {
			channel.connect(AFUNIXSocketAddress.of(path));
			this.connected++;
		}
		catch (SocketException ex) {
			String message = String.valueOf(ex.getMessage());
			this.excluded += message.contains("Permission denied") ? 1 : 0;
			this.keptAway += message.contains("Operation not permitted") ? 1 : 0;
		}
	}

	private static String some(int number) {
		return (number > 0) ? "some" : "none";
	}

}
