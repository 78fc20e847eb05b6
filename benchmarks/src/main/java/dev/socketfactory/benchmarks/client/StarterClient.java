package dev.socketfactory.benchmarks.client;

import java.io.IOException;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * This starter: {@link SocketFactory#connect()} of a client.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StarterClient {

	public static void main(String[] args) throws Exception {
		Demand demand = Demand.of(args);
		SocketFactory client = new SpringApplicationBuilder(StarterClient.class).web(WebApplicationType.NONE)
			.properties("socket-factory.clients.peer.remote=127.0.0.1:" + demand.port(),
					"socket-factory.clients.peer.auto-startup=false", "socket-factory.clients.peer.options.SO_LINGER=0")
			.run()
			.getBean(SocketFactory.class);
		InFlight attempts = new InFlight(demand.inFlight());
		demand.serve((count) -> attempts.run(count, (attempt) -> client.connect()
			.whenComplete((connection, failure) -> attempt.ended((failure != null) ? failure : reset(connection)))));
	}

	private static @Nullable Throwable reset(SocketConnection connection) {
		try {
			connection.close();
			return null;
		}
		catch (IOException ex) {
			return ex;
		}
	}

}
