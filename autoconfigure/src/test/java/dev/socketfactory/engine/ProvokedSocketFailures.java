package dev.socketfactory.engine;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Peer;

/**
 * A program that opens factories that fail, and prints how.
 */
public final class ProvokedSocketFailures {

	private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

	private ProvokedSocketFailures() {
	}

	public static void main(String[] args) throws Exception {
		new ProvokedSocketFailures().run();
	}

	private void run() throws Exception {
		try (Peer busy = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			String nobody = ClientConnectingTests.text(Peer.nobody());
			print(fail(harness, SocketSpec.listener("busy").bind(busy.address())));
			print(fail(harness, SocketSpec.listener("foreign").bind("203.0.113.1")));
			print(fail(harness, SocketSpec.client("refused").remote(nobody)));
			print(fail(harness, SocketSpec.client("unreachable").remote("255.255.255.255:80")));
			print(fail(harness, SocketSpec.client("unknown").remote("no-such-host.invalid:80")));
			print("demand", onDemand(harness.make(SocketSpec.client("demand").remote(nobody))));
		}
	}

	private static ManagedSocketFactory fail(ClientHarness harness, SocketSpecBuilder spec) {
		ManagedSocketFactory factory = harness.startAny(spec.build());
		ClientHarness.awaitState(factory, SocketState.FAILED);
		return factory;
	}

	private static SocketFailure onDemand(ClientSocketFactory factory) throws Exception {
		try {
			factory.connect().get(10, TimeUnit.SECONDS).close();
			throw new IllegalStateException("connected");
		}
		catch (ExecutionException ex) {
			return ((SocketFailureException) ex.getCause()).getFailure();
		}
	}

	private void print(ManagedSocketFactory factory) {
		print(factory.getName(), Objects.requireNonNull(factory.getLastFailure()));
	}

	private void print(String name, SocketFailure failure) {
		this.out.println(failure.message() + " " + failure.cause());
		this.out.println(String.join("|", "result", name, failure.operation(), String.valueOf(failure.errno()),
				failure.errnoName()));
	}

}
