package dev.socketfactory.engine;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Scanner;
import java.util.concurrent.Executors;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;

/**
 * A process that gives every client of a UNIX socket one byte. Its first line of input is
 * the path; {@code status} prints its state, {@code end} ends it.
 */
public final class AnsweringUnixListener {

	private AnsweringUnixListener() {
	}

	public static void main(String[] arguments) {
		EngineSettings settings = new EngineSettings(Executors.newCachedThreadPool(), Integer.MAX_VALUE,
				DispatchMode.INLINE, (name, address) -> {
				});
		try (DefaultSocketFactories factories = new DefaultSocketFactories(AnsweringUnixListener::handle, settings,
				Collections.emptyList(), Collections.emptyList());
				Scanner commands = new Scanner(System.in, StandardCharsets.UTF_8)) {
			factories.start();
			ManagedSocketFactory factory = (ManagedSocketFactory) factories
				.open(SocketSpec.listener("test").domain(SocketDomain.AF_UNIX).bind(commands.nextLine()).build());
			System.out.println("result " + factory.getState());
			while (commands.nextLine().equals("status")) {
				System.out.println("result " + factory.getState() + " " + factory.getPauseReasons());
			}
		}
		System.exit(0);
	}

	private static void handle(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			Drill.answer(accepted);
		}
	}

}
