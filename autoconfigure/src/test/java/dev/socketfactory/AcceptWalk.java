package dev.socketfactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.testing.Walk;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application in a process of its own that tells the way of one connection from the
 * selector to the first line of its handler.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration.class)
public class AcceptWalk {

	private static final int WARM_UP = 20;

	private volatile List<String> steps = List.of("nothing");

	public static void main(String[] args) throws IOException {
		Walk.instrument();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(AcceptWalk.class)
			.web(WebApplicationType.NONE)
			.properties("socket-factory.listeners.walked.bind=127.0.0.1:0", "spring.main.banner-mode=off")
			.run()) {
			InetSocketAddress address = (InetSocketAddress) context.getBean(SocketFactory.class).getLocalAddress();
			for (int i = 0; i < WARM_UP; i++) {
				connect(address);
			}
			shortestWalk(context.getBean(AcceptWalk.class), address)
				.forEach((step) -> System.out.println("result " + step));
			System.out.println("result end");
			new BufferedReader(new InputStreamReader(System.in)).readLine();
		}
	}

	@SocketEventListener(factory = "walked")
	void serve(ConnectionAcceptedEvent event) throws IOException {
		this.steps = Walk.end();
		try (SocketChannel client = event.claimBlockingChannel()) {
			client.write(ByteBuffer.wrap(new byte[] { 'x' }));
		}
	}

	/**
	 * Record several connections, because what is still to be done for an earlier one may
	 * come between.
	 */
	private static List<String> shortestWalk(AcceptWalk handler, InetSocketAddress address) throws IOException {
		List<List<String>> walks = new ArrayList<>();
		for (int i = 0; i < WARM_UP; i++) {
			Walk.record("EventLoop.handle", "ExecutorDispatcher.execute");
			connect(address);
			walks.add(handler.steps);
		}
		return walks.stream().filter((walk) -> !walk.isEmpty()).min(Comparator.comparingInt(List::size)).orElseThrow();
	}

	private static void connect(InetSocketAddress address) throws IOException {
		try (Socket client = new Socket(address.getAddress(), address.getPort())) {
			client.getInputStream().readAllBytes();
		}
	}

}
