package dev.socketfactory.engine;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
		ProvokedSocketFailures program = new ProvokedSocketFailures();
		if (args[0].equals("failures")) {
			program.failures();
		}
		else {
			program.descriptors();
		}
	}

	private void failures() throws Exception {
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

	private void descriptors() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			// Once with descriptors, because classes are not loaded without
			fail(harness, SocketSpec.listener("listener").bind("203.0.113.1:0"));
			fail(harness, SocketSpec.client("client").remote(Peer.nobody()));
			ClientSocketFactory demand = harness.make(SocketSpec.client("demand").remote(Peer.nobody()));
			onDemand(demand);
			AbstractSocketFactory working = harness.startAny(SocketSpec.listener("working").build());
			AbstractSocketFactory connected = harness
				.startAny(SocketSpec.client("connected").remote(peer.address()).build());
			ClientHarness.awaitState(connected, SocketState.CONNECTED);
			working.stop();
			connected.stop();
			List<FileInputStream> files = takeAllDescriptors();
			working.start();
			connected.start();
			ClientHarness.awaitState(working, SocketState.FAILED);
			ClientHarness.awaitState(connected, SocketState.FAILED);
			SocketFailure onDemand = onDemand(demand);
			for (FileInputStream file : files) {
				file.close();
			}
			print("listener", Objects.requireNonNull(working.getLastFailure()));
			print("client", Objects.requireNonNull(connected.getLastFailure()));
			print("demand", onDemand);
			working.start();
			connected.start();
			ClientHarness.awaitState(connected, SocketState.CONNECTED);
			this.out.println("result|listener afterwards|" + working.getState());
			this.out.println("result|client afterwards|" + connected.getState());
		}
	}

	private static List<FileInputStream> takeAllDescriptors() {
		List<FileInputStream> files = new ArrayList<>();
		try {
			while (true) {
				files.add(new FileInputStream("/dev/null"));
			}
		}
		catch (IOException ex) {
			return files;
		}
	}

	private static AbstractSocketFactory fail(ClientHarness harness, SocketSpecBuilder spec) {
		AbstractSocketFactory factory = harness.startAny(spec.build());
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

	private void print(AbstractSocketFactory factory) {
		print(factory.getName(), Objects.requireNonNull(factory.getLastFailure()));
	}

	private void print(String name, SocketFailure failure) {
		this.out.println(failure.message() + " " + failure.cause());
		this.out.println(String.join("|", "result", name, failure.operation(), String.valueOf(failure.errno()),
				failure.errnoName()));
	}

}
