package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.management.ObjectName;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.ChildProcess;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.ObservabilityTable;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionEvent} by recordings of JDK Flight Recorder.
 */
@Timeout(120)
class ConnectionEventTests {

	private static final List<String> NAMES = List.of("Accept", "Connect", "Handshake", "Handler");

	private static final List<String> COMMON = List.of("startTime", "duration", "eventThread", "stackTrace");

	private static final Pattern DOCUMENTED_COMMAND = Pattern.compile("\\$ jcmd <pid> JFR\\.start (.+)");

	@TempDir
	private Path directory;

	private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();

	private final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR, this.bundles::get)
		.handle(ConnectionEventTests::serve);

	@AfterEach
	void close() throws Exception {
		this.recorder.close();
	}

	@Test
	void connectionsAreRecorded() throws Exception {
		Certificates certificates = Certificates.in(this.directory).issue("server", "DNS:localhost");
		this.bundles.put("server", certificates.tls("server"));
		this.bundles.put("client", certificates.tls(null));
		try (Recording recording = new Recording()) {
			NAMES.forEach((name) -> recording.enable("dev.socketfactory." + name).withoutThreshold());
			recording.start();
			ManagedSocketFactory listener = this.recorder.open(
					SocketSpec.listener("lines").bind("127.0.0.1:0").ssl(SslSettings.of("server")),
					SocketState.LISTENING);
			ManagedSocketFactory client = this.recorder.open(SocketSpec.client("upstream")
				.remote("localhost:" + ((InetSocketAddress) listener.getLocalAddress()).getPort())
				.ssl(SslSettings.of("client")));
			long accepted = this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class).getConnectionId();
			long connected = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class).getConnectionId();
			this.recorder.close();
			List<RecordedEvent> events = stop(recording);
			assertThat(events).extracting(ConnectionEventTests::describe)
				.containsExactlyInAnyOrder("Accept lines " + accepted, "Handshake lines " + accepted,
						"Handler lines " + accepted, "Connect upstream " + connected, "Handshake upstream " + connected,
						"Handler upstream " + connected);
			assertThat(events).allSatisfy((event) -> {
				assertThat(event.getString("remoteAddress")).startsWith("127.0.0.1:");
				assertThat(event.getDuration()).isLessThan(Duration.ofSeconds(30));
			});
			assertThat(events).filteredOn((event) -> describe(event).startsWith("Handler"))
				.allSatisfy((event) -> assertThat(event.getDuration()).isPositive());
		}
	}

	@Test
	void documentedCommandRecordsConnections() throws Exception {
		assertThat(startAsDocumented()).doesNotContain("Warning");
		try (Recording recording = find("sockets")) {
			ManagedSocketFactory listener = this.recorder.open(SocketSpec.listener("lines").bind("127.0.0.1:0"),
					SocketState.LISTENING);
			SocketChannel.open(listener.getLocalAddress()).close();
			this.recorder.awaitEvents(1);
			this.recorder.close();
			assertThat(stop(recording)).extracting((event) -> event.getEventType().getName())
				.containsExactlyInAnyOrder("dev.socketfactory.Accept", "dev.socketfactory.Handler");
		}
	}

	@Test
	void nothingIsRecordedUnlessAskedFor() throws Exception {
		try (Recording recording = new Recording()) {
			recording.start();
			ManagedSocketFactory listener = this.recorder.open(SocketSpec.listener("lines").bind("127.0.0.1:0"),
					SocketState.LISTENING);
			this.recorder.open(SocketSpec.client("upstream")
				.remote("127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort()));
			this.recorder.awaitEvents(2);
			assertThat(stop(recording)).isEmpty();
		}
	}

	@Test
	void eventsAreDocumented() throws Exception {
		Map<String, ObservabilityTable.Row> documented = ObservabilityTable.read("JFR");
		for (Class<?> type : ConnectionEvent.class.getDeclaredClasses()) {
			EventType event = EventType.getEventType(type.asSubclass(Event.class));
			ObservabilityTable.Row row = documented.remove(event.getName());
			assertThat(row).as(event.getName()).isNotNull();
			assertThat(row.description()).isEqualTo(event.getDescription());
			assertThat(row.tags()).isEqualTo(event.getFields()
				.stream()
				.map(ValueDescriptor::getName)
				.filter((name) -> !COMMON.contains(name))
				.collect(Collectors.toSet()));
			assertThat(event.isEnabled()).isFalse();
		}
		assertThat(documented).isEmpty();
	}

	@Test
	void connectionsAreServedWithoutTheRecorder() throws Exception {
		assertServes("recorder present: false", "--limit-modules",
				"java.base,java.logging,java.naming,java.management,java.desktop,java.instrument,java.xml,java.sql");
	}

	@Test
	void connectionsAreServedWithARecorderFromTheStart() throws Exception {
		assertServes("recorder present: true", "-XX:StartFlightRecording");
	}

	@Test
	void connectionsAreServedWithARecorderThatStartsLater() throws Exception {
		assertServes("recorder present: true");
	}

	private static void assertServes(String recorder, String... options) throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(FlightRecorderProcess.class, options)) {
			assertThat(child.next()).isEqualTo("executor: served, inline: served, " + recorder);
		}
	}

	private static void serve(SocketSuccessEvent event) {
		try {
			((event instanceof ConnectionAcceptedEvent accepted) ? accepted.claimConnection()
					: ((ConnectionEstablishedEvent) event).claimConnection())
				.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<RecordedEvent> stop(Recording recording) throws IOException {
		recording.stop();
		Path file = this.directory.resolve("connections.jfr");
		recording.dump(file);
		return RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getEventType().getName().startsWith("dev.socketfactory."))
			.toList();
	}

	/**
	 * Start a recording as {@code jcmd} does it.
	 */
	private static String startAsDocumented() throws Exception {
		Matcher command = DOCUMENTED_COMMAND.matcher(Files.readString(Path.of("../docs/operations.md")));
		assertThat(command.find()).isTrue();
		return (String) ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "jfrStart",
					new Object[] { command.group(1).split(" ") }, new String[] { String[].class.getName() });
	}

	private static Recording find(String name) {
		return FlightRecorder.getFlightRecorder()
			.getRecordings()
			.stream()
			.filter((recording) -> recording.getName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static String describe(RecordedEvent event) {
		return "%s %s %d".formatted(event.getEventType().getName().replaceFirst(".*\\.", ""),
				event.getString("factory"), event.getLong("connectionId"));
	}

}
