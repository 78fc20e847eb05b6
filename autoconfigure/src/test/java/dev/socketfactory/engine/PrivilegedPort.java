package dev.socketfactory.engine;

import java.util.Collections;
import java.util.concurrent.ForkJoinPool;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;

/**
 * A process that listens on a privileged port and prints how that ends. Used by
 * {@link PrivilegedPortTests}.
 */
public final class PrivilegedPort {

	private PrivilegedPort() {
	}

	public static void main(String[] arguments) {
		EngineSettings settings = new EngineSettings(ForkJoinPool.commonPool(), 1, DispatchMode.INLINE,
				(name, address) -> {
				});
		try (DefaultSocketFactories factories = new DefaultSocketFactories((event) -> {
		}, settings, Collections.emptyList(), Collections.emptyList())) {
			factories.start();
			ManagedSocketFactory factory = (ManagedSocketFactory) factories
				.open(SocketSpec.listener("test").bind("127.0.0.1:1").build());
			SocketFailure failure = factory.getLastFailure();
			System.out.println("result %s %s".formatted(factory.getState(), (failure != null)
					? failure.operation() + " " + failure.errnoName() + " " + failure.message() : ""));
		}
	}

}
