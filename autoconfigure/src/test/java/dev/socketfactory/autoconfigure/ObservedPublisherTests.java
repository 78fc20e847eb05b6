package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.testing.ObservabilityTable;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code socket-factory.observation.enabled}.
 */
@Timeout(60)
class ObservedPublisherTests {

	private static final List<String> KEYS = List.of("factory", "network.transport", "outcome");

	private final Observations observations = new Observations();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
		.withPropertyValues("socket-factory.observation.enabled=true",
				"socket-factory.listeners.lines.bind=127.0.0.1:0");

	@TempDir
	private Path directory;

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler(this.observations);
	}

	@Test
	void handlersRunWithinAnObservation() {
		observe(Answers.class, (listener) -> {
			try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
				InetSocketAddress address = (InetSocketAddress) client.getLocalAddress();
				Observation.Context observed = this.observations.await();
				assertThat(low(observed)).containsExactly("lines", "tcp", "SUCCESS");
				assertThat(observed.getHighCardinalityKeyValues()).contains(
						KeyValue.of("network.peer.address", "127.0.0.1"),
						KeyValue.of("network.peer.port", String.valueOf(address.getPort())));
				ByteBuffer answer = ByteBuffer.allocate(16);
				client.read(answer);
				assertThat(new String(answer.array(), 0, answer.position())).isEqualTo("lines");
			}
		});
	}

	@Test
	void failureOfAHandlerIsAnError() {
		observe(Fails.class, (listener) -> {
			SocketChannel.open(listener.getLocalAddress()).close();
			Observation.Context observed = this.observations.await();
			assertThat(low(observed)).containsExactly("lines", "tcp", "ERROR");
			assertThat(observed.getError()).hasMessage("no");
		});
	}

	@Test
	void endOfAConnectionIsNoError() {
		observe(Reads.class, (listener) -> {
			SocketChannel.open(listener.getLocalAddress()).close();
			Observation.Context observed = this.observations.await();
			assertThat(low(observed)).containsExactly("lines", "tcp", "ENDED");
			assertThat(observed.getError()).isNull();
		});
	}

	@Test
	void transportIsThatOfTheSocket() {
		Path path = this.directory.resolve("s");
		this.runner.withBean(ObservationRegistry.class, () -> this.registry)
			.withPropertyValues("socket-factory.listeners.lines.bind=" + path)
			.withUserConfiguration(Answers.class)
			.run((context) -> {
				SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
				assertThat(low(this.observations.await())).contains("unix");
			});
		this.runner.withBean(ObservationRegistry.class, () -> this.registry)
			.withPropertyValues("socket-factory.listeners.lines.type=SOCK_DGRAM")
			.withUserConfiguration(Datagrams.class)
			.run((context) -> assertThat(low(this.observations.await())).containsExactly("lines", "udp", "SUCCESS"));
	}

	@Test
	void nothingIsObservedUnlessAskedFor() {
		this.runner.withBean(ObservationRegistry.class, () -> this.registry)
			.withPropertyValues("socket-factory.observation.enabled=false")
			.withUserConfiguration(Answers.class)
			.run((context) -> {
				try (SocketChannel client = SocketChannel
					.open(context.getBean(SocketFactory.class).getLocalAddress())) {
					ByteBuffer answer = ByteBuffer.allocate(16);
					client.read(answer);
					assertThat(new String(answer.array(), 0, answer.position())).isEqualTo("none");
					assertThat(this.observations.stopped).isEmpty();
				}
			});
	}

	@Test
	void withoutARegistryTheStartSaysWhatIsMissing() {
		this.runner.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidConfigurationPropertyValueException.class)
			.hasMessageContaining("socket-factory.observation.enabled")
			.hasMessageContaining("spring-boot-starter-actuator"));
	}

	@Test
	void tagsAreDocumented() {
		observe(Answers.class, (listener) -> {
			SocketChannel.open(listener.getLocalAddress()).close();
			Observation.Context observed = this.observations.await();
			assertThat(ObservabilityTable.read("observation")).hasSize(1)
				.hasEntrySatisfying(observed.getName(), (row) -> assertThat(row.tags())
					.isEqualTo(observed.getAllKeyValues().stream().map(KeyValue::getKey).collect(Collectors.toSet())));
		});
	}

	private void observe(Class<?> handlers, CheckedConsumer client) {
		this.runner.withBean(ObservationRegistry.class, () -> this.registry)
			.withUserConfiguration(handlers)
			.run((context) -> client.accept(context.getBean(SocketFactory.class)));
	}

	private static List<String> low(Observation.Context context) {
		return KEYS.stream().map((key) -> context.getLowCardinalityKeyValue(key).getValue()).toList();
	}

	private interface CheckedConsumer {

		void accept(SocketFactory listener) throws IOException;

	}

	private static final class Observations implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context.getName().equals("socket.factory.connection");
		}

		Observation.Context await() {
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !this.stopped.isEmpty());
			return this.stopped.remove(0);
		}

	}

	static class Answers {

		private final ObservationRegistry registry;

		Answers(ObservationRegistry registry) {
			this.registry = registry;
		}

		@SocketEventListener
		void serve(SocketConnection connection) throws IOException {
			Observation current = this.registry.getCurrentObservation();
			String name = (current != null) ? current.getContext().getLowCardinalityKeyValue("factory").getValue()
					: "none";
			connection.getOutputStream().write(name.getBytes());
		}

	}

	static class Fails {

		@SocketEventListener
		void serve(SocketConnection connection) {
			throw new IllegalStateException("no");
		}

	}

	static class Reads {

		@SocketEventListener
		void serve(SocketConnection connection) throws IOException {
			connection.getInputStream().readAllBytes();
			throw new IOException("Connection reset");
		}

	}

	static class Datagrams {

		@SocketEventListener
		void serve(DatagramChannel channel) {
			assertThat(channel.isOpen()).isTrue();
		}

	}

}
