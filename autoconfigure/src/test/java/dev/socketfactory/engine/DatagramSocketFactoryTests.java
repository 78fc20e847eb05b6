package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DatagramSocketFactory} and connected datagram sockets: cases 14, 15
 * and 60 to 63.
 */
@ExtendWith(LeakCheck.class)
@Timeout(30)
class DatagramSocketFactoryTests {

	private static final String GROUP = "239.255.13.13";

	@RegisterExtension
	final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	@ParameterizedTest
	@CsvSource({ "AF_INET, EXECUTOR", "AF_INET, INLINE", "AF_INET6, EXECUTOR", "AF_INET6, INLINE" })
	@DisplayName("Case 60: a bound socket; datagrams pass both ways")
	void whenBoundThenDatagramsPassBothWays(SocketDomain domain, DispatchMode dispatch) throws IOException {
		AtomicReference<String> thread = new AtomicReference<>();
		this.recorder.handle((event) -> thread.set(Thread.currentThread().getName()));
		ManagedSocketFactory factory = this.recorder.open(bound(domain).dispatch(dispatch), SocketState.OPEN);
		DatagramSocketOpenedEvent event = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class);
		assertThat(event.getRemoteAddress()).isNull();
		assertThat(event.getRemotePort()).isNull();
		assertThat(event.getEventName()).isEqualTo("test.success");
		assertThat(event.getFactoryId()).isEqualTo(factory.getId());
		Await.await().until(() -> thread.get() != null);
		assertThat(thread.get().equals("socket-loop")).isEqualTo(dispatch == DispatchMode.INLINE);
		DatagramChannel channel = event.claimBlockingChannel();
		assertThat(channel.isBlocking()).isTrue();
		assertThat(channel.isConnected()).isFalse();
		InetSocketAddress address = addressOf(factory);
		assertThat(address).isEqualTo(channel.getLocalAddress());
		assertThat(address.getAddress()).isEqualTo(SocketFactoryHarness.loopbackOf(domain));
		try (DatagramChannel peer = DatagramChannel.open(SocketFactoryHarness.familyOf(domain))) {
			peer.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0));
			assertPasses(peer, channel, address);
			assertPasses(channel, peer, peer.getLocalAddress());
		}
		assertThat(factory.getStatus().connections().total()).isOne();
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 0.0.0.0", "AF_INET6, 0:0:0:0:0:0:0:0" })
	@DisplayName("Case 61: without bind the socket is unbound until its first send")
	void whenNotBoundThenUnboundUntilFirstSend(SocketDomain domain, String wildcard) throws IOException {
		ManagedSocketFactory factory = this.recorder.open(datagram(domain), SocketState.OPEN);
		DatagramChannel channel = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class).claimChannel();
		assertThat(channel.isBlocking()).isFalse();
		assertThat(channel.getLocalAddress()).isNull();
		assertThat(factory.getLocalAddress()).isNull();
		try (DatagramChannel peer = DatagramChannel.open(SocketFactoryHarness.familyOf(domain))) {
			peer.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0));
			assertPasses(channel, peer, peer.getLocalAddress());
		}
		assertThat(addressOf(factory)).isEqualTo(channel.getLocalAddress());
		assertThat(addressOf(factory).getAddress().getHostAddress()).isEqualTo(wildcard);
		assertThat(addressOf(factory).getPort()).isPositive();
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, EXECUTOR", "AF_INET, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 62: a connected socket, with somebody there")
	void whenRemoteThenConnected(SocketDomain domain, DispatchMode dispatch) throws IOException {
		try (DatagramChannel peer = DatagramChannel.open(SocketFactoryHarness.familyOf(domain))) {
			peer.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0));
			ManagedSocketFactory factory = this.recorder
				.open(client(domain).remote(peer.getLocalAddress()).dispatch(dispatch), SocketState.CONNECTED);
			DatagramSocketOpenedEvent event = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class);
			assertThat(event.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
			assertThat(event.getRemotePort()).isEqualTo(((InetSocketAddress) peer.getLocalAddress()).getPort());
			DatagramChannel channel = event.claimBlockingChannel();
			assertThat(channel.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
			assertThat(addressOf(factory)).isEqualTo(channel.getLocalAddress());
			channel.write(bytes("ping"));
			assertPasses(peer, channel, receive(peer, "ping"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 62: a connected socket, with nobody there and a local end")
	void whenNobodyIsThereThenConnectedAllTheSame(SocketDomain domain) throws IOException {
		InetSocketAddress nobody = freeAddress(domain);
		InetSocketAddress local = freeAddress(domain);
		ManagedSocketFactory factory = this.recorder.open(client(domain).remote(nobody).bind(local),
				SocketState.CONNECTED);
		DatagramSocketOpenedEvent event = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class);
		assertThat(event.getRemoteAddress()).isEqualTo(nobody);
		assertThat(event.claimChannel().getLocalAddress()).isEqualTo(local);
		assertThat(factory.getLocalAddress()).isEqualTo(local);
		Await.during(30, () -> assertThat(this.recorder.getFailures()).isEmpty());
		assertThat(factory.getState()).isEqualTo(SocketState.CONNECTED);
	}

	@Test
	@DisplayName("Case 62: the local end is taken")
	void whenLocalEndOfConnectedSocketIsTakenThenFails() throws IOException {
		ManagedSocketFactory first = this.recorder.open(bound(SocketDomain.AF_INET), SocketState.OPEN);
		ManagedSocketFactory second = this.recorder
			.open(SocketSpec.client("second").type(SocketType.SOCK_DGRAM).bind(addressOf(first)).remote("127.0.0.1:9"));
		this.recorder.assertFailed(second, "bind", "EADDRINUSE",
				"127.0.0.1:%d: Address already in use".formatted(addressOf(first).getPort()));
	}

	@Test
	@DisplayName("Case 62: what has the port for TCP is not in the way")
	void whenAnAddressIsTakenThenListenersOfTcpAreNotBlamed() throws IOException {
		// First, because many more ports are in use for TCP
		try (ServerSocketChannel tcp = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
			InetSocketAddress address = (InetSocketAddress) tcp.getLocalAddress();
			this.recorder.open(bound(SocketDomain.AF_INET).bind(address), SocketState.OPEN);
			List.of(SocketSpec.listener("second"), SocketSpec.client("third").remote("127.0.0.1:9"))
				.forEach((spec) -> this.recorder.assertFailed(
						this.recorder.open(spec.type(SocketType.SOCK_DGRAM).bind(address)), "bind", "EADDRINUSE",
						"127.0.0.1:%d: Address already in use".formatted(address.getPort())));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Cases 15, 63: two sockets on one port, both with reuse")
	void whenBothReuseThenBothOpen(SocketDomain domain) throws IOException {
		ManagedSocketFactory first = this.recorder.open(bound(domain).reuse(true), SocketState.OPEN);
		ManagedSocketFactory second = this.recorder.open(SocketSpec.listener("second")
			.domain(domain)
			.type(SocketType.SOCK_DGRAM)
			.bind(addressOf(first))
			.reuse(true), SocketState.OPEN);
		assertThat(second.getLocalAddress()).isEqualTo(first.getLocalAddress());
		assertThat(reuseOf(first)).isTrue();
		assertThat(reuseOf(second)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, true, false", "AF_INET, false, true", "AF_INET, false, false", "AF_INET6, true, false",
			"AF_INET6, false, false" })
	@DisplayName("Cases 15, 63: two sockets on one port, not both with reuse")
	void whenNotBothReuseThenSecondFails(SocketDomain domain, boolean reuse, boolean secondReuse) throws IOException {
		ManagedSocketFactory first = this.recorder.open(bound(domain).reuse(reuse), SocketState.OPEN);
		assertThat(reuseOf(first)).isEqualTo(reuse);
		ManagedSocketFactory second = this.recorder.open(SocketSpec.listener("second")
			.domain(domain)
			.type(SocketType.SOCK_DGRAM)
			.bind(addressOf(first))
			.reuse(secondReuse));
		this.recorder.assertFailed(second, "bind", "EADDRINUSE",
				second.getSpec().getBind() + ": Address already in use");
		assertThat(first.getState()).isEqualTo(SocketState.OPEN);
	}

	@Test
	@DisplayName("A port that a stream listener holds is free for datagrams")
	void whenListenerHoldsThePortThenOpens() {
		ManagedSocketFactory listener = this.recorder.open(SocketFactoryHarness.loopback(), SocketState.LISTENING);
		ManagedSocketFactory datagram = this.recorder.open(
				SocketSpec.listener("datagram").type(SocketType.SOCK_DGRAM).bind(addressOf(listener)),
				SocketState.OPEN);
		assertThat(datagram.getLocalAddress()).isEqualTo(listener.getLocalAddress());
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_DGRAM, tcp, udp, SOCK_STREAM", "SOCK_DGRAM, 6, udp, SOCK_STREAM",
			"SOCK_STREAM, udp, tcp, SOCK_DGRAM", "SOCK_STREAM, 17, tcp, SOCK_DGRAM" })
	@DisplayName("Case 14: a protocol that does not fit the type is a configuration error")
	void whenProtocolDoesNotFitThenNoSpec(SocketType type, String protocol, String fitting, SocketType other) {
		SocketSpecBuilder spec = SocketSpec.listener("test").type(type).protocol(protocol);
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> this.recorder.open(spec))
			.withMessage("listener 'test': protocol '%s': it does not fit the type %s. Write %s, or type: %s."
				.formatted(protocol, type, fitting, other));
	}

	@ParameterizedTest
	@ValueSource(strings = { "udp", "17", "UDP" })
	@DisplayName("Case 14: udp is inferred, or may be said")
	void whenProtocolFitsThenOpens(String protocol) {
		assertThat(bound(SocketDomain.AF_INET).build().getProtocol()).isEqualTo("udp");
		this.recorder.open(bound(SocketDomain.AF_INET).protocol(protocol), SocketState.OPEN);
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Stopping frees the port of a socket that nobody has claimed")
	void whenStoppedUnclaimedThenPortIsFree(DispatchMode dispatch) throws IOException {
		ManagedSocketFactory factory = this.recorder.open(bound(SocketDomain.AF_INET).dispatch(dispatch),
				SocketState.OPEN);
		DatagramSocketOpenedEvent event = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class);
		InetSocketAddress address = addressOf(factory);
		factory.stop();
		assertFree(address);
		assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
		assertThat(factory.getLocalAddress()).isNull();
		assertThat(factory.getStatus().connections().unclaimed()).isOne();
		assertThat(factory.getStatus().connections().active()).isZero();
		assertThatIllegalStateException().isThrownBy(event::claimChannel)
			.withMessage("Channel of DatagramSocketOpenedEvent of 'test' was closed because its factory was stopped");
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	@DisplayName("Stopping does not touch a claimed socket")
	void whenStoppedClaimedThenChannelIsUntouched() throws IOException {
		ManagedSocketFactory factory = this.recorder.open(bound(SocketDomain.AF_INET), SocketState.OPEN);
		DatagramChannel channel = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class)
			.claimBlockingChannel();
		InetSocketAddress address = addressOf(factory);
		factory.stop();
		assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
		assertThat(factory.getLocalAddress()).isNull();
		assertThat(factory.getStatus().connections().active()).isOne();
		try (DatagramChannel peer = DatagramChannel.open()) {
			peer.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			assertPasses(peer, channel, address);
		}
		channel.close();
		assertFree(address);
	}

	@Test
	@DisplayName("A stopped socket can be opened again, on the same port")
	void whenStartedAgainThenOpensOnSamePort() throws IOException {
		InetSocketAddress address = freeAddress(SocketDomain.AF_INET);
		ManagedSocketFactory factory = this.recorder.open(datagram(SocketDomain.AF_INET).bind(address),
				SocketState.OPEN);
		this.recorder.awaitEvents(1);
		for (int i = 2; i <= 4; i++) {
			factory.stop();
			factory.start();
			assertThat(factory.getState()).isEqualTo(SocketState.OPEN);
			assertThat(factory.getLocalAddress()).isEqualTo(address);
			this.recorder.awaitEvents(i);
		}
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	@DisplayName("While the claimed socket of a stopped factory lives, its port is taken")
	void whenStartedAgainWhileClaimedThenPortIsTaken() throws IOException {
		InetSocketAddress address = freeAddress(SocketDomain.AF_INET);
		ManagedSocketFactory factory = this.recorder.open(datagram(SocketDomain.AF_INET).bind(address),
				SocketState.OPEN);
		DatagramChannel channel = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class).claimChannel();
		factory.stop();
		factory.start();
		this.recorder.assertFailed(factory, "bind", "EADDRINUSE",
				("127.0.0.1:%d: Address already in use; the channel that a handler has claimed before is still open")
					.formatted(address.getPort()));
		channel.close();
		factory.start();
		assertThat(factory.getState()).isEqualTo(SocketState.OPEN);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("The factory is stopped when the claimant closes the channel")
	void whenClaimantClosesThenStopped(boolean connected) throws IOException {
		SocketSpecBuilder spec = connected ? client(SocketDomain.AF_INET).remote(freeAddress(SocketDomain.AF_INET))
				: bound(SocketDomain.AF_INET);
		ManagedSocketFactory factory = this.recorder.open(spec, connected ? SocketState.CONNECTED : SocketState.OPEN);
		DatagramChannel channel = this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class).claimChannel();
		assertThat(factory.isRunning()).isTrue();
		channel.close();
		assertThat(factory.getLocalAddress()).isNull();
		this.recorder.awaitState(factory, SocketState.STOPPED);
		assertThat(factory.isRunning()).isFalse();
		assertThat(this.recorder.getFailures()).isEmpty();
		factory.start();
		this.recorder.awaitEvents(2);
	}

	@Test
	@DisplayName("The factory is stopped when nobody claims the socket in time")
	void whenNotClaimedInTimeThenClosed() throws IOException {
		ManagedSocketFactory factory = this.recorder
			.open(bound(SocketDomain.AF_INET).unclaimedTimeout(Duration.ofMillis(20)), SocketState.OPEN);
		InetSocketAddress address = addressOf(factory);
		this.recorder.awaitState(factory, SocketState.STOPPED);
		assertFree(address);
		assertThat(factory.getStatus().connections().unclaimed()).isOne();
	}

	@Test
	@DisplayName("A handler that throws gets its socket closed")
	void whenHandlerThrowsThenClosed() throws IOException {
		this.recorder.handle((event) -> {
			throw new IllegalStateException("no");
		});
		ManagedSocketFactory factory = this.recorder.open(bound(SocketDomain.AF_INET));
		this.recorder.awaitState(factory, SocketState.STOPPED);
		assertThat(factory.getStatus().handlerErrors()).isOne();
	}

	@Test
	@DisplayName("Without success events the socket is closed at once")
	void whenSuccessEventsAreDisabledThenClosed() {
		ManagedSocketFactory factory = this.recorder.open(bound(SocketDomain.AF_INET).successEvent(""));
		this.recorder.awaitState(factory, SocketState.STOPPED);
		assertThat(this.recorder.getSuccesses()).isEmpty();
		assertThat(factory.getStatus().connections().unclaimed()).isOne();
		factory.setEventName(SocketEventType.SUCCESS, "now");
		factory.start();
		assertThat(this.recorder.awaitEvents(1).get(0).getEventName()).isEqualTo("now");
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("A handler may stop and start its own factory")
	void whenHandlerStopsItsFactoryThenStopped(DispatchMode dispatch) {
		this.recorder.handle((event) -> {
			((DatagramSocketOpenedEvent) event).claimChannel();
			event.getSource().stop();
		});
		ManagedSocketFactory factory = this.recorder.open(bound(SocketDomain.AF_INET).dispatch(dispatch));
		this.recorder.awaitState(factory, SocketState.STOPPED);
		assertThat(this.recorder.awaitEvents(1).get(0).getClaimant()).isNotNull();
	}

	@Test
	@DisplayName("An open socket keeps the application alive, a connected one does not")
	void whenOpenThenKeepAliveThread() throws IOException {
		ManagedSocketFactory client = this.recorder
			.open(client(SocketDomain.AF_INET).remote(freeAddress(SocketDomain.AF_INET)), SocketState.CONNECTED);
		assertThat(keepAlive()).isNull();
		this.recorder.awaitEvents(1);
		client.stop();
		ManagedSocketFactory factory = this.recorder.open(SocketSpec.listener("other").type(SocketType.SOCK_DGRAM),
				SocketState.OPEN);
		assertThat(keepAlive()).isNotNull().returns(false, Thread::isDaemon);
		this.recorder.awaitEvents(2);
		factory.stop();
		Await.await().until(() -> keepAlive() == null);
		factory.start();
		assertThat(keepAlive()).isNotNull();
		this.recorder.awaitEvents(3);
		((DatagramSocketOpenedEvent) this.recorder.getSuccesses().get(2)).claimChannel().close();
		Await.await().until(() -> keepAlive() == null);
	}

	@Test
	@DisplayName("A multicast recipe: options of the sender, join of the receiver")
	void whenMulticastOptionsThenGroupReceives() throws IOException {
		NetworkInterface loopback = Objects
			.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1")));
		InetAddress group = InetAddress.getByName(GROUP);
		ManagedSocketFactory receiver = this.recorder.open(
				SocketSpec.listener("receiver").type(SocketType.SOCK_DGRAM).bind("0.0.0.0:0").reuse(true),
				SocketState.OPEN);
		DatagramChannel receiving = this.recorder.awaitEvent(receiver, DatagramSocketOpenedEvent.class).claimChannel();
		try {
			receiving.join(group, loopback);
		}
		catch (IOException ex) {
			Assumptions.abort("No multicast on the loopback interface: " + ex);
		}
		ManagedSocketFactory sender = this.recorder.open(SocketSpec.listener("sender")
			.type(SocketType.SOCK_DGRAM)
			.bind("127.0.0.1:0")
			.options(Map.of("IP_MULTICAST_IF", loopback.getName(), "ip-multicast-loop", "on", "IP_MULTICAST_TTL", "3")),
				SocketState.OPEN);
		DatagramChannel sending = this.recorder.awaitEvent(sender, DatagramSocketOpenedEvent.class).claimChannel();
		assertThat(sending.getOption(StandardSocketOptions.IP_MULTICAST_IF)).isEqualTo(loopback);
		assertThat(sending.getOption(StandardSocketOptions.IP_MULTICAST_LOOP)).isTrue();
		assertThat(sending.getOption(StandardSocketOptions.IP_MULTICAST_TTL)).isEqualTo(3);
		sending.send(bytes("all"), new InetSocketAddress(group, addressOf(receiver).getPort()));
		assertThat(receive(receiving, "all")).isEqualTo(sending.getLocalAddress());
	}

	private static SocketSpecBuilder datagram(SocketDomain domain) {
		return SocketSpec.listener("test").domain(domain).type(SocketType.SOCK_DGRAM);
	}

	private static SocketSpecBuilder bound(SocketDomain domain) {
		return SocketFactoryHarness.loopback(domain).type(SocketType.SOCK_DGRAM);
	}

	private static SocketSpecBuilder client(SocketDomain domain) {
		return SocketSpec.client("test").domain(domain).type(SocketType.SOCK_DGRAM);
	}

	private boolean reuseOf(ManagedSocketFactory factory) throws IOException {
		return this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class)
			.claimChannel()
			.getOption(StandardSocketOptions.SO_REUSEADDR);
	}

	private static InetSocketAddress addressOf(ManagedSocketFactory factory) {
		return SocketFactoryHarness.addressOf(factory);
	}

	private static InetSocketAddress freeAddress(SocketDomain domain) throws IOException {
		try (DatagramChannel probe = DatagramChannel.open(SocketFactoryHarness.familyOf(domain))) {
			probe.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0));
			return (InetSocketAddress) probe.getLocalAddress();
		}
	}

	private static void assertFree(InetSocketAddress address) throws IOException {
		try (DatagramChannel other = DatagramChannel.open(SocketFactoryHarness.familyOf(SocketDomain.AF_INET))) {
			other.bind(address);
		}
	}

	private static void assertPasses(DatagramChannel from, DatagramChannel to, SocketAddress address)
			throws IOException {
		String text = "to " + address;
		if (from.isConnected()) {
			from.write(bytes(text));
		}
		else {
			from.send(bytes(text), address);
		}
		SocketAddress sender = receive(to, text);
		assertThat(((InetSocketAddress) sender).getPort())
			.isEqualTo(((InetSocketAddress) from.getLocalAddress()).getPort());
	}

	private static SocketAddress receive(DatagramChannel channel, String text) throws IOException {
		channel.configureBlocking(false);
		ByteBuffer buffer = ByteBuffer.allocate(100);
		AtomicReference<SocketAddress> sender = new AtomicReference<>();
		Await.await().until(() -> {
			sender.set(channel.receive(buffer));
			return sender.get() != null;
		});
		assertThat(StandardCharsets.UTF_8.decode(buffer.flip()).toString()).isEqualTo(text);
		return sender.get();
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static Thread keepAlive() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("socket-keep-alive"))
			.findFirst()
			.orElse(null);
	}

}
