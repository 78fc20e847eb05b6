package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;

/**
 * A process that serves a connection with a reserve of descriptors, tells who its UNIX
 * peer is, and lets only some users connect, whatever modules its JDK has.
 */
public final class RuntimeImageProcess {

	private RuntimeImageProcess() {
	}

	public static void main(String[] args) throws Exception {
		Path directory = Path.of(System.getProperty("directory"));
		ExecutorService threads = Executors.newCachedThreadPool();
		DefaultSocketFactories factories = new DefaultSocketFactories((event) -> {
			if (event instanceof ConnectionAcceptedEvent accepted) {
				tellPeer(accepted);
			}
		}, new EngineSettings(threads, Integer.MAX_VALUE, DispatchMode.EXECUTOR, (name, address) -> {
		}, threads, (bundle) -> {
			throw new IllegalStateException("There is no bundle " + bundle);
		}, Collections.emptyList(), 32), Collections.emptyList(), Collections.emptyList());
		factories.start();
		System.out.println("result tcp: %s, unix: %s, users: %s".formatted(
				ask(factories, SocketSpec.listener("tcp").bind("127.0.0.1:0").build()),
				ask(factories, SocketSpec.listener("unix").bind(directory.resolve("unix").toString()).build()),
				ask(factories,
						SocketSpec.listener("users")
							.bind(directory.resolve("users").toString())
							.access(new AccessSettings(Collections.emptyList(), Collections.emptyList(),
									List.of("0", System.getProperty("user.name")), Collections.emptyList()))
							.build())));
		System.exit(0);
	}

	private static void tellPeer(ConnectionAcceptedEvent event) {
		try (SocketConnection connection = event.claimConnection()) {
			connection.getOutputStream().write((connection.getPeer() != null) ? 'k' : 'u');
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String ask(DefaultSocketFactories factories, SocketSpec spec) throws IOException {
		try {
			ManagedSocketFactory listener = (ManagedSocketFactory) factories.open(spec);
			Await.await().until(() -> listener.getState() == SocketState.LISTENING);
			try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
				ByteBuffer answer = ByteBuffer.allocate(1);
				client.read(answer);
				return (answer.flip().get() == 'k') ? "peer known" : "peer unknown";
			}
		}
		catch (InvalidSocketSpecException ex) {
			return ex.getReason();
		}
	}

}
