package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.management.OperatingSystemMXBean;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;

import org.springframework.context.ApplicationEventPublisher;

/**
 * A process with few descriptors that listens: it holds the connections it accepts, each
 * in a handler on a thread of its own. It takes commands, one a line: {@code close} ends
 * one handler, {@code status} prints what there is to know, {@code end} stops. Used by
 * {@link DescriptorExhaustionTests}.
 */
public final class ExhaustedDescriptors {

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicInteger states = new AtomicInteger();

	private final BlockingQueue<String> closes = new LinkedBlockingQueue<>();

	private long loop;

	private ExhaustedDescriptors() {
	}

	public static void main(String[] arguments) {
		int status = 1;
		try {
			new ExhaustedDescriptors().run();
			status = 0;
		}
		catch (Throwable ex) {
			ex.printStackTrace();
		}
		// The handlers that still hold a connection must not keep the process alive
		System.exit(status);
	}

	private void run() {
		EngineSettings settings = new EngineSettings(Executors.newCachedThreadPool(), Integer.MAX_VALUE,
				DispatchMode.EXECUTOR, (name, address) -> {
				}, Runnable::run, (bundle) -> {
					throw new IllegalStateException();
				}, Collections.emptyList(), Integer.getInteger("reserve", 0));
		ApplicationEventPublisher publisher = this::handle;
		try (DefaultSocketFactories factories = new DefaultSocketFactories(publisher, settings, Collections.emptyList(),
				Collections.emptyList()); Scanner commands = new Scanner(System.in, StandardCharsets.UTF_8)) {
			factories.start();
			ManagedSocketFactory factory = (ManagedSocketFactory) factories
				.open(SocketSpec.listener("test").bind("127.0.0.1").build());
			this.loop = Drill.threadId("socket-loop");
			// Loads what a status needs, while there are descriptors
			status(factory);
			print("listening " + ((InetSocketAddress) factory.getLocalAddress()).getPort());
			while (commands.hasNextLine()) {
				switch (commands.nextLine()) {
					case "close" -> this.closes.add("close");
					case "status" -> print(status(factory));
					default -> {
						return;
					}
				}
			}
		}
	}

	private String status(ManagedSocketFactory factory) {
		SocketFactoryStatus status = factory.getStatus();
		long cpu = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
		long loopCpu = ManagementFactory.getThreadMXBean().getThreadCpuTime(this.loop);
		return "accepted %d failures %d states %d reasons %s errno %s operation %s counted %s cpu %d loop %d".formatted(
				status.connections().total(), this.failures.get(), this.states.get(),
				String.join("+", status.pauseReasons().keySet().stream().map(Object::toString).toList()),
				(status.lastFailure() != null) ? status.lastFailure().errnoName() : "-",
				(status.lastFailure() != null) ? status.lastFailure().operation() : "-",
				status.failures().getOrDefault("accept", 0L), TimeUnit.NANOSECONDS.toMillis(cpu),
				TimeUnit.NANOSECONDS.toMillis(loopCpu));
	}

	private void handle(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			hold(accepted);
		}
		else if (event instanceof SocketFailureEvent) {
			this.failures.incrementAndGet();
		}
		else if (event instanceof SocketStateEvent) {
			this.states.incrementAndGet();
		}
	}

	private void hold(ConnectionAcceptedEvent event) {
		try (SocketChannel channel = event.claimBlockingChannel()) {
			channel.write(StandardCharsets.US_ASCII.encode("x"));
			this.closes.take();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static synchronized void print(String line) {
		System.out.println("result " + line);
		System.out.flush();
	}

}
