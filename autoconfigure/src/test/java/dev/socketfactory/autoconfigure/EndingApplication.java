package dev.socketfactory.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketFailureEvent;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.EventListener;

/**
 * An application for a process of its own: its handlers end it in the way that a client
 * asks for, or it does not come up, in the way of the property {@code end}.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ SocketFactoryAutoConfiguration.class, LifecycleAutoConfiguration.class })
public class EndingApplication {

	static final int STATUS = 3;

	private final ConfigurableApplicationContext context;

	private final SocketFactories factories;

	private final End end;

	private volatile Way way = Way.EXIT;

	EndingApplication(ConfigurableApplicationContext context, SocketFactories factories,
			@Value("${end:WHEN_ASKED}") End end) {
		this.context = context;
		this.factories = factories;
		this.end = end;
	}

	public static void main(String[] arguments) {
		new SpringApplicationBuilder(EndingApplication.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties("socket-factory.listeners.front.bind=127.0.0.1",
					"socket-factory.listeners.inline.bind=127.0.0.1", "socket-factory.listeners.inline.dispatch=inline",
					"socket-factory.clients.failing.remote=127.0.0.1:1",
					"socket-factory.clients.failing.auto-startup=false",
					"socket-factory.clients.outgoing.remote=127.0.0.1:${local.socket.front.port}",
					"socket-factory.clients.outgoing.dispatch=inline",
					"socket-factory.clients.outgoing.auto-startup=false")
			.run(arguments);
	}

	@SocketEventListener("front")
	void serve(SocketConnection client) throws Exception {
		BufferedReader in = client.reader();
		Writer out = client.writer();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			if (line.equals("leave")) {
				leave();
			}
			else if (line.equals("fail")) {
				this.factories.get("failing").start();
			}
			else if (line.equals("connect")) {
				this.factories.get("outgoing").start();
			}
			else if (line.equals("work")) {
				System.out.println("result working");
				TimeUnit.MILLISECONDS.sleep(500);
			}
			else if (line.equals("hang")) {
				System.out.println("result hanging");
				new CountDownLatch(1).await();
			}
			else if (line.startsWith("by ")) {
				this.way = Way.valueOf(line.substring(3).toUpperCase(Locale.ROOT));
			}
			out.write(line + "\n");
			out.flush();
		}
	}

	@SocketEventListener("inline")
	void serveInline(ConnectionAcceptedEvent event) {
		event.claimChannel();
		leave();
	}

	@SocketEventListener("outgoing")
	void connected(ConnectionEstablishedEvent event) {
		event.claimChannel();
		leave();
	}

	@SocketEventListener("failing")
	void failed(SocketFailureEvent event) {
		leave();
	}

	private void leave() {
		System.out.println("result leaving");
		switch (this.way) {
			case EXIT -> System.exit(STATUS);
			case SPRING_EXIT -> System.exit(SpringApplication.exit(this.context, () -> STATUS));
			case CLOSE -> this.context.close();
		}
	}

	@EventListener
	void ready(ApplicationReadyEvent event) {
		System.out.println("result " + portOf("front") + " " + portOf("inline"));
	}

	@EventListener
	void started(ApplicationStartedEvent event) throws IOException {
		endAt(End.STARTED_LISTENER);
	}

	@Bean
	CommandLineRunner runner() {
		return (arguments) -> {
			endAt(End.RUNNER);
			if (this.end == End.EXITING_RUNNER) {
				connectIdleClient();
				leave();
			}
		};
	}

	@Bean
	@DependsOn("socketFactoriesLifecycle")
	SmartLifecycle later() {
		return new SmartLifecycle() {

			private volatile boolean running;

			@Override
			public void start() {
				endAt(End.LATER_LIFECYCLE);
				this.running = true;
			}

			@Override
			public void stop() {
				this.running = false;
			}

			@Override
			public boolean isRunning() {
				return this.running;
			}

		};
	}

	private void endAt(End point) {
		if (this.end == point) {
			connectIdleClient();
			System.out.println("result leaving");
			throw new IllegalStateException("Not today");
		}
	}

	private void connectIdleClient() {
		try {
			Socket client = new Socket("127.0.0.1", portOf("front"));
			client.getOutputStream().write("here\n".getBytes(StandardCharsets.UTF_8));
			client.getInputStream().read();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private int portOf(String listener) {
		InetSocketAddress address = (InetSocketAddress) this.factories.get(listener).getLocalAddress();
		if (address == null) {
			throw new IllegalStateException("Not open: " + listener);
		}
		return address.getPort();
	}

	/**
	 * Where the application ends before it is ready.
	 */
	enum End {

		WHEN_ASKED, RUNNER, EXITING_RUNNER, LATER_LIFECYCLE, STARTED_LISTENER

	}

	/**
	 * How a handler ends the application.
	 */
	enum Way {

		EXIT, SPRING_EXIT, CLOSE

	}

}
