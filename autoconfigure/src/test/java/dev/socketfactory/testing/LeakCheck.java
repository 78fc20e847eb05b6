package dev.socketfactory.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test that leaves a socket or a thread of the engine behind.
 */
public class LeakCheck implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

	private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	@Override
	public void beforeAll(ExtensionContext context) throws IOException {
		// The JDK opens some descriptors of its own with its first sockets
		try (ServerSocketChannel server = ServerSocketChannel.open()) {
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketChannel.open(server.getLocalAddress()).close();
			server.accept().close();
		}
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		context.getStore(NAMESPACE).put("sockets", countSockets());
	}

	@Override
	public void afterEach(ExtensionContext context) {
		long before = context.getStore(NAMESPACE).get("sockets", Long.class);
		Await.await().untilAsserted(() -> {
			assertThat(countSockets()).as("open sockets").isLessThanOrEqualTo(before);
			assertThat(engineThreads()).as("threads of the engine").isEmpty();
		});
	}

	/**
	 * Count the sockets that this process has open.
	 * @return their number, 0 where the system does not tell
	 */
	public static long countSockets() {
		if (!Files.isDirectory(DESCRIPTORS)) {
			return 0;
		}
		try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
			return descriptors.filter(LeakCheck::isSocket).count();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static boolean isSocket(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static List<String> engineThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("socket-"))
			.toList();
	}

}
