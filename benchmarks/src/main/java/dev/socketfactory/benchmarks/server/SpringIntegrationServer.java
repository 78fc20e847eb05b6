package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.integration.ip.tcp.connection.AbstractServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpConnection;
import org.springframework.integration.ip.tcp.connection.TcpConnectionOpenEvent;
import org.springframework.integration.ip.tcp.connection.TcpListener;
import org.springframework.integration.ip.tcp.connection.TcpNetServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpNioServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpSender;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;
import org.springframework.integration.ip.tcp.serializer.ByteArrayRawSerializer;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/**
 * Spring Integration's connection factories, without a flow behind them. Variants:
 * {@code net} and {@code nio}.
 */
@Configuration(proxyBeanMethods = false)
@EnableIntegration
public class SpringIntegrationServer {

	private static final int SEND_BUFFER = 8192;

	public static void main(String[] args) throws IOException, InterruptedException {
		Job job = Job.of(args);
		System.setProperty("peer.variant", job.variant());
		System.setProperty("peer.work", job.work().name());
		AbstractServerConnectionFactory server = new AnnotationConfigApplicationContext(SpringIntegrationServer.class)
			.getBean(AbstractServerConnectionFactory.class);
		server.start();
		while (!server.isListening()) {
			Thread.sleep(10);
		}
		job.serve(server.getPort());
	}

	@Bean
	static AbstractServerConnectionFactory server(Environment environment, Connections connections) {
		AbstractServerConnectionFactory server = isNio(environment) ? new TcpNioServerConnectionFactory(0)
				: new TcpNetServerConnectionFactory(0);
		server.setLocalAddress("127.0.0.1");
		server.setBacklog(Job.LISTEN_QUEUE);
		// Else it allocates as much as the system's buffer has for each connection
		server.setSoSendBufferSize(SEND_BUFFER);
		server.registerListener(connections);
		server.registerSender(connections);
		server.setSerializer(
				(connections.work == Work.LINE) ? new ByteArrayLfSerializer() : new ByteArrayRawSerializer());
		server.setDeserializer(new ByteArrayLfSerializer());
		return server;
	}

	private static boolean isNio(Environment environment) {
		return environment.getRequiredProperty("peer.variant").equals("nio");
	}

	@Bean
	static Connections connections(Environment environment) {
		return new Connections(Work.valueOf(environment.getRequiredProperty("peer.work")),
				isNio(environment) ? Executors.newSingleThreadExecutor() : Runnable::run);
	}

	/**
	 * Serves what was accepted.
	 */
	static final class Connections implements TcpSender, TcpListener, ApplicationListener<TcpConnectionOpenEvent> {

		private final Work work;

		private final Executor executor;

		private final Map<String, TcpConnection> open = new ConcurrentHashMap<>();

		Connections(Work work, Executor executor) {
			this.work = work;
			this.executor = executor;
		}

		/**
		 * Called when the connection can be written to, which is later than when it is
		 * added, but with {@code nio} before it may be closed: that is for another
		 * thread.
		 */
		@Override
		public void onApplicationEvent(TcpConnectionOpenEvent event) {
			if (this.work == Work.BYTE) {
				TcpConnection connection = (TcpConnection) event.getSource();
				this.executor.execute(() -> answer(connection));
			}
		}

		private static void answer(TcpConnection connection) {
			connection.send(new GenericMessage<>(new byte[] { 'x' }));
			connection.close();
		}

		@Override
		public void addNewConnection(TcpConnection connection) {
			this.open.put(connection.getConnectionId(), connection);
		}

		@Override
		public void removeDeadConnection(TcpConnection connection) {
			this.open.remove(connection.getConnectionId());
		}

		@Override
		public void onMessage(Message<?> message) {
			TcpConnection connection = this.open.get(String.valueOf(message.getHeaders().get(IpHeaders.CONNECTION_ID)));
			if (connection != null) {
				connection.send(message);
			}
		}

	}

}
