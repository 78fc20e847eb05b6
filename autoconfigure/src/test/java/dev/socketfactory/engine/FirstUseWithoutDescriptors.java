package dev.socketfactory.engine;

import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Peer;

/**
 * A program that has a factory of every kind, none of which has been started when the
 * last descriptor is taken: it starts them without descriptors and again with some, and
 * prints what came of it. It waits without help, because what would help needs classes of
 * its own. Used by {@link SocketErrnoProcessTests}.
 */
public final class FirstUseWithoutDescriptors {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private final Peer peer = Peer.listening();

	private final DefaultSocketFactories factories;

	private FirstUseWithoutDescriptors(Path folder) {
		EngineSettings settings = new EngineSettings(Executors.newCachedThreadPool(), Integer.MAX_VALUE,
				DispatchMode.EXECUTOR, (name, address) -> {
				});
		this.factories = new DefaultSocketFactories(FirstUseWithoutDescriptors::handle, settings,
				Collections.emptyList(), specs(folder));
	}

	public static void main(String[] args) throws Exception {
		loadClasses();
		new FirstUseWithoutDescriptors(Path.of(args[0])).run();
		System.exit(0);
	}

	/**
	 * Load what a jar would give without another descriptor, and this program. Nothing is
	 * initialized.
	 */
	private static void loadClasses() throws Exception {
		for (Class<?> type : List.of(Engine.class, FirstUseWithoutDescriptors.class)) {
			Path root = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
			try (Stream<Path> files = Files.walk(root.resolve("dev/socketfactory"))) {
				for (Path file : files.filter((path) -> path.toString().endsWith(".class")).toList()) {
					String name = root.relativize(file).toString().replace('/', '.');
					Class.forName(name.substring(0, name.length() - ".class".length()), false, type.getClassLoader());
				}
			}
		}
	}

	private List<SocketSpec> specs(Path folder) {
		String remote = this.peer.address().getHostString() + ":" + this.peer.port();
		String unix = folder.resolve("unix.sock").toString();
		String datagram = folder.resolve("unix-datagram.sock").toString();
		return List.of(SocketSpec.listener("listener").bind("127.0.0.1").build(),
				SocketSpec.listener("datagram").type(SocketType.SOCK_DGRAM).bind("127.0.0.1").build(),
				SocketSpec.listener("unix").domain(SocketDomain.AF_UNIX).bind(unix).unixMode("0600").build(),
				SocketSpec.listener("unix-datagram")
					.domain(SocketDomain.AF_UNIX)
					.type(SocketType.SOCK_DGRAM)
					.bind(datagram)
					.build(),
				SocketSpec.listener("named").bind("localhost").build(),
				SocketSpec.client("client").remote(remote).build(),
				SocketSpec.client("named-client").remote("localhost:" + this.peer.port()).build(),
				SocketSpec.client("datagram-client").type(SocketType.SOCK_DGRAM).remote(remote).build(),
				SocketSpec.client("unix-client").domain(SocketDomain.AF_UNIX).remote(unix).build(),
				SocketSpec.client("demand").remote(remote).autoStartup(false).build());
	}

	private void run() throws Exception {
		List<FileInputStream> files = Drill.takeAllDescriptors();
		this.factories.open(SocketSpec.listener("with-options")
			.bind("127.0.0.1")
			.options(Map.of("SO_RCVBUF", 65536))
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.build());
		this.factories.start();
		SocketFailure demand = failureOf(this.factories.get("demand"));
		this.factories.forEach(FirstUseWithoutDescriptors::awaitOutcome);
		for (FileInputStream file : files) {
			file.close();
		}
		for (SocketFactory factory : this.factories) {
			print("without", factory.getName(), factory.getName().equals("demand") ? textOf(demand) : outcome(factory));
		}
		this.factories.start();
		this.factories.get("demand").connect().get(10, TimeUnit.SECONDS).close();
		for (SocketFactory factory : this.factories) {
			awaitOutcome(factory);
			print("with", factory.getName(),
					factory.getName().equals("demand") ? SocketState.CONNECTED : outcome(factory));
		}
	}

	private static void handle(Object event) {
		if (event instanceof SocketSuccessEvent success) {
			success.claimChannel();
		}
	}

	private static SocketFailure failureOf(SocketFactory factory) throws Exception {
		try {
			factory.connect().get(10, TimeUnit.SECONDS);
			throw new IllegalStateException("connected");
		}
		catch (ExecutionException ex) {
			return ((SocketFailureException) ex.getCause()).getFailure();
		}
	}

	private static void awaitOutcome(SocketFactory factory) {
		await(() -> switch (factory.getState()) {
			case RESOLVING, CONNECTING -> false;
			default -> true;
		});
	}

	private static void await(BooleanSupplier condition) {
		long begin = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - begin > PATIENCE_NANOS) {
				throw new IllegalStateException("It takes too long");
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
	}

	private static String outcome(SocketFactory factory) {
		SocketFailure failure = factory.getLastFailure();
		return (factory.getState() == SocketState.FAILED && failure != null) ? textOf(failure)
				: factory.getState().name();
	}

	private static String textOf(SocketFailure failure) {
		return "%s %d %s".formatted(failure.operation(), failure.errno(), failure.errnoName());
	}

	private static void print(Object... words) {
		StringBuilder line = new StringBuilder("result");
		for (Object word : words) {
			line.append('|').append(word);
		}
		System.out.println(line);
	}

}
