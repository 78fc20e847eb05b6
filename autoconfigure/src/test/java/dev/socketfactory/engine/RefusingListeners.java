package dev.socketfactory.engine;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.Executors;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.event.ConnectionAcceptedEvent;

/**
 * A process with two listeners that answer a byte: one to which everybody may connect,
 * and one that refuses {@code 127.0.0.2} and counts the connections of each source. It
 * takes commands, one a line: {@code status} prints how many it has accepted and refused,
 * anything else ends it. Used by {@link FloodDrillTests}.
 */
public final class RefusingListeners {

	private RefusingListeners() {
	}

	public static void main(String[] arguments) {
		EngineSettings settings = new EngineSettings(Executors.newCachedThreadPool(), Integer.MAX_VALUE,
				DispatchMode.EXECUTOR, (name, address) -> {
				});
		try (DefaultSocketFactories factories = new DefaultSocketFactories(RefusingListeners::answer, settings,
				Collections.emptyList(), Collections.emptyList());
				Scanner commands = new Scanner(System.in, StandardCharsets.UTF_8)) {
			factories.start();
			ManagedSocketFactory open = open(factories, SocketSpec.listener("open"));
			ManagedSocketFactory guarded = open(factories,
					SocketSpec.listener("guarded")
						.access(AccessSettings.of(List.of("127.0.0.0/8"), List.of("127.0.0.2")))
						.perSource(PerSourceSettings.of(1000)));
			print("listening %d %d".formatted(SocketFactoryHarness.addressOf(open).getPort(),
					SocketFactoryHarness.addressOf(guarded).getPort()));
			while (commands.hasNextLine() && commands.nextLine().equals("status")) {
				print("%d %d".formatted(open.getConnections().total() + guarded.getConnections().total(),
						guarded.getRefused().getOrDefault("denied", 0L)));
			}
		}
		System.exit(0);
	}

	private static ManagedSocketFactory open(DefaultSocketFactories factories, SocketSpecBuilder spec) {
		return (ManagedSocketFactory) factories.open(spec.bind("127.0.0.1:0").build());
	}

	private static void answer(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			Drill.answer(accepted);
		}
	}

	private static void print(String line) {
		System.out.println("result " + line);
		System.out.flush();
	}

}
