package dev.socketfactory.benchmarks.application;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import dev.socketfactory.actuate.SocketsEndpoint;
import dev.socketfactory.benchmarks.LiveHeap;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;

/**
 * Has as many listeners as it is told, and answers on its standard output what its
 * standard input asks: {@code heap}, the bytes in use; {@code scrape} and
 * {@code sockets}, the nanoseconds that all meters or the endpoint take. Without
 * listeners it also runs without this starter on its class path.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ListenersApplication {

	public static void main(String[] args) throws IOException {
		int count = Integer.parseInt(args[0]);
		SpringApplicationBuilder builder = new SpringApplicationBuilder(ListenersApplication.class)
			.web(WebApplicationType.NONE)
			.properties(properties(count));
		if (count > 0) {
			builder.sources(OneByte.class);
		}
		ApplicationContext context = builder.run();
		System.out.println("READY " + context.getEnvironment().getProperty("local.socket.l0.port", "0"));
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			System.out.println(answer(line, context));
		}
		Runtime.getRuntime().halt(0);
	}

	private static Map<String, Object> properties(int count) {
		Map<String, Object> properties = new TreeMap<>();
		properties.put("management.endpoints.web.exposure.include", "sockets");
		if (count > 0) {
			properties.put("socket-factory.dispatch", "inline");
		}
		for (int i = 0; i < count; i++) {
			properties.put("socket-factory.listeners.l%d.bind".formatted(i), "127.0.0.1:0");
		}
		return properties;
	}

	private static long answer(String question, ApplicationContext context) {
		long start = System.nanoTime();
		switch (question) {
			case "scrape" -> context.getBean(PrometheusMeterRegistry.class).scrape();
			case "sockets" -> context.getBean(SocketsEndpoint.class).sockets();
			default -> {
				return LiveHeap.measure();
			}
		}
		return System.nanoTime() - start;
	}

}
