package dev.socketfactory.engine;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collector;
import java.util.stream.Collectors;

import com.sun.management.OperatingSystemMXBean;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;

import org.springframework.context.ApplicationEventPublisher;

/**
 * A process with few descriptors that listens: it holds the connections it accepts, each
 * in a handler on a thread of its own. It takes commands, one a line: {@code close} ends
 * one handler, {@code take 5} opens five files, {@code give} closes them, {@code status}
 * prints what there is to know, {@code end} stops. Used by
 * {@link DescriptorExhaustionTests}.
 */
public final class ExhaustedDescriptors {

	private static final Collector<CharSequence, ?, String> JOINED = Collectors.joining("+");

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicInteger states = new AtomicInteger();

	private final BlockingQueue<String> closes = new LinkedBlockingQueue<>();

	private final List<ManagedSocketFactory> listeners = new ArrayList<>();

	private final List<FileInputStream> files = new ArrayList<>();

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

	private void run() throws IOException {
		EngineSettings settings = new EngineSettings(Executors.newCachedThreadPool(), Integer.MAX_VALUE,
				DispatchMode.EXECUTOR, (name, address) -> {
				}, Runnable::run, (bundle) -> {
					throw new IllegalStateException();
				}, Collections.emptyList(), Integer.getInteger("reserve", 0));
		ApplicationEventPublisher publisher = this::handle;
		try (DefaultSocketFactories factories = new DefaultSocketFactories(publisher, settings, Collections.emptyList(),
				Collections.emptyList()); Scanner commands = new Scanner(System.in, StandardCharsets.UTF_8)) {
			factories.start();
			for (int i = 0; i < Integer.getInteger("listeners", 1); i++) {
				this.listeners.add((ManagedSocketFactory) factories
					.open(SocketSpec.listener("test-" + i).bind("127.0.0.1").build()));
			}
			this.loop = Drill.threadId("socket-loop");
			// Loads what a status needs, while there are descriptors
			status();
			print("listening " + this.listeners.stream().map(ExhaustedDescriptors::portOf).collect(JOINED));
			while (commands.hasNextLine()) {
				String[] command = commands.nextLine().split(" ");
				switch (command[0]) {
					case "close" -> this.closes.add("close");
					case "take" -> take(Integer.parseInt(command[1]));
					case "give" -> give();
					case "status" -> print(status());
					default -> {
						return;
					}
				}
			}
		}
	}

	private void take(int count) throws IOException {
		for (int i = 0; i < count; i++) {
			this.files.add(new FileInputStream("/dev/null"));
		}
	}

	private void give() throws IOException {
		for (FileInputStream file : this.files) {
			file.close();
		}
		this.files.clear();
	}

	private static String portOf(ManagedSocketFactory listener) {
		return String.valueOf(SocketFactoryHarness.addressOf(listener).getPort());
	}

	private String status() {
		List<SocketFactoryStatus> all = this.listeners.stream().map(ManagedSocketFactory::getStatus).toList();
		SocketFailure failure = all.get(0).lastFailure();
		long cpu = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
		long loopCpu = ManagementFactory.getThreadMXBean().getThreadCpuTime(this.loop);
		return "accepted %d failures %d states %d reasons %s errno %s operation %s counted %s free %d cpu %d loop %d"
			.formatted(all.stream().mapToLong((status) -> status.connections().total()).sum(), this.failures.get(),
					this.states.get(),
					all.stream()
						.flatMap((status) -> status.pauseReasons().keySet().stream())
						.map(Object::toString)
						.distinct()
						.collect(JOINED),
					(failure != null) ? failure.errnoName() : "-", (failure != null) ? failure.operation() : "-",
					all.stream().mapToLong((status) -> status.failures().getOrDefault("accept", 0L)).sum(),
					this.listeners.get(0).getEngine().getDescriptors().getFree().get(),
					TimeUnit.NANOSECONDS.toMillis(cpu), TimeUnit.NANOSECONDS.toMillis(loopCpu));
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
