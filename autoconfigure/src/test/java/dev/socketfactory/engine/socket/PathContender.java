package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Binds a listener to a path again and again, in competition with others that do the
 * same. Whoever has bound it must be the only one until it closes its listener.
 */
public final class PathContender {

	private PathContender() {
	}

	/**
	 * Bind many times.
	 * @return {@code "fair"}, or what went wrong
	 */
	public static String run(Path path, int times) throws IOException {
		int won = 0;
		for (int i = 0; i < times; i++) {
			boolean reuse = ThreadLocalRandom.current().nextInt(4) > 0;
			String mode = ThreadLocalRandom.current().nextBoolean() ? "0600" : null;
			try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
				UnixSocketFile file = bind(path, reuse, mode, listener);
				if (file != null) {
					won++;
					String wrong = check(path, listener);
					if (wrong != null) {
						return "after %d times, reuse %s, mode %s: %s".formatted(won, reuse, mode, wrong);
					}
					Files.delete(path.resolveSibling("alive"));
					if (ThreadLocalRandom.current().nextBoolean()) {
						file.delete();
					}
				}
				else {
					LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
				}
			}
		}
		return "fair";
	}

	private static @Nullable UnixSocketFile bind(Path path, boolean reuse, @Nullable String mode,
			ServerSocketChannel listener) throws IOException {
		try {
			return UnixSocketFile.bind(path, reuse, mode,
					(bound) -> listener.bind(UnixDomainSocketAddress.of(bound), 1000));
		}
		catch (BindException ex) {
			return null;
		}
	}

	private static @Nullable String check(Path path, ServerSocketChannel listener) throws IOException {
		try {
			Files.createFile(path.resolveSibling("alive"));
		}
		catch (FileAlreadyExistsException ex) {
			return "somebody else is alive";
		}
		listener.configureBlocking(false);
		for (int i = 0; i < 3; i++) {
			try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
				client.write(ByteBuffer.allocate(1));
				if (!isReached(listener)) {
					return "a client reached somebody else";
				}
			}
			Thread.yield();
		}
		return null;
	}

	/**
	 * Return whether the byte has arrived. Others have connected too, to see whether this
	 * listener is alive.
	 */
	private static boolean isReached(ServerSocketChannel listener) throws IOException {
		for (SocketChannel accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
			try (SocketChannel connection = accepted) {
				if (connection.read(ByteBuffer.allocate(1)) == 1) {
					return true;
				}
			}
		}
		return false;
	}

}
