package dev.socketfactory.actuate;

import dev.socketfactory.engine.Drill;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * An application with Actuator and two listeners, one that keeps its connections open and
 * one that answers a byte. It ends with its standard input. Used by
 * {@link ManyConnectionsDrillTests}.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ManyConnections {

	public static void main(String[] arguments) throws Exception {
		try (ConfigurableApplicationContext context = SpringApplication.run(ManyConnections.class, "--server.port=0",
				"--server.address=127.0.0.1", "--management.endpoints.web.exposure.include=sockets",
				"--spring.main.banner-mode=off", "--socket-factory.shutdown.grace-period=0s",
				"--socket-factory.listeners.kept.bind=127.0.0.1:0",
				"--socket-factory.listeners.answered.bind=127.0.0.1:0")) {
			Environment environment = context.getEnvironment();
			System.out.println("result %s %s %s".formatted(environment.getProperty("local.server.port"),
					environment.getProperty("local.socket.kept.port"),
					environment.getProperty("local.socket.answered.port")));
			System.in.read();
		}
	}

	@Bean
	Handlers handlers() {
		return new Handlers();
	}

	static class Handlers {

		@SocketEventListener("kept")
		void keep(ConnectionAcceptedEvent event) {
			event.claimConnection();
		}

		@SocketEventListener("answered")
		void answer(ConnectionAcceptedEvent event) {
			Drill.answer(event);
		}

	}

}
