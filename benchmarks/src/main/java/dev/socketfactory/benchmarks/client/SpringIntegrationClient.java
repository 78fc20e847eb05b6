package dev.socketfactory.benchmarks.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.ip.tcp.connection.TcpNetClientConnectionFactory;

/**
 * Spring Integration's blocking connection factory, the one of its two that takes less,
 * with a thread for each connection that is being made.
 */
@Configuration(proxyBeanMethods = false)
@EnableIntegration
public class SpringIntegrationClient {

	public static void main(String[] args) throws Exception {
		Demand demand = Demand.of(args);
		System.setProperty("peer.port", String.valueOf(demand.port()));
		TcpNetClientConnectionFactory factory = new AnnotationConfigApplicationContext(SpringIntegrationClient.class)
			.getBean(TcpNetClientConnectionFactory.class);
		factory.start();
		ExecutorService threads = Executors.newFixedThreadPool(demand.inFlight());
		InFlight attempts = new InFlight(demand.inFlight());
		demand.serve((count) -> attempts.run(count, (attempt) -> threads.execute(() -> connect(factory, attempt))));
	}

	@Bean
	static TcpNetClientConnectionFactory client(Environment environment) {
		TcpNetClientConnectionFactory factory = new TcpNetClientConnectionFactory("127.0.0.1",
				environment.getRequiredProperty("peer.port", int.class));
		factory.setSingleUse(true);
		factory.setSoLinger(0);
		factory.registerListener((message) -> {
		});
		return factory;
	}

	private static void connect(TcpNetClientConnectionFactory factory, InFlight attempt) {
		try {
			factory.getConnection().close();
			attempt.ended(null);
		}
		catch (Exception ex) {
			attempt.ended(ex);
		}
	}

}
