package dev.socketfactory.engine.proc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Addresses as the tables of
 * <a href= "https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a> have
 * them: words of four bytes, each in the byte order of the machine, and the port.
 */
final class ProcNet {

	private ProcNet() {
	}

	static String text(InetSocketAddress address) {
		return hex(address.getAddress()) + ":%04X".formatted(address.getPort());
	}

	/**
	 * Return whether sockets with these addresses are in each other's way.
	 * @param text address of a socket in the table
	 * @param address address of another socket
	 */
	static boolean isSameOrWildcard(String text, InetSocketAddress address) {
		String host = text.substring(0, text.indexOf(':'));
		boolean samePort = text.endsWith(":%04X".formatted(address.getPort()));
		return samePort && (host.chars().allMatch((digit) -> digit == '0') || address.getAddress().isAnyLocalAddress()
				|| host.endsWith(hex(address.getAddress())));
	}

	private static String hex(InetAddress address) {
		ByteBuffer bytes = ByteBuffer.wrap(address.getAddress()).order(ByteOrder.nativeOrder());
		StringBuilder text = new StringBuilder();
		while (bytes.hasRemaining()) {
			text.append("%08X".formatted(bytes.getInt()));
		}
		return text.toString();
	}

}
