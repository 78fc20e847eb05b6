package dev.socketfactory.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.testing.FakeChannel;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SocketSuccessEvent}.
 */
class SocketSuccessEventTests {

	private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 4711);

	private final SocketChannel channel;

	SocketSuccessEventTests() throws IOException {
		this.channel = SocketChannel.open();
	}

	@AfterEach
	void close() throws IOException {
		this.channel.close();
	}

	@Test
	void whenClaimedThenIsInTheModeAskedFor() {
		assertThat(event(PEER).claimChannel()).isSameAs(this.channel).returns(false, SelectableChannel::isBlocking);
		assertThat(event(PEER).claimBlockingChannel()).isSameAs(this.channel)
			.returns(true, SelectableChannel::isBlocking);
	}

	@Test
	void whenClaimedThenTellsByWhom() {
		SocketSuccessEvent event = event(PEER);
		assertThat(event.getClaimant()).isNull();
		event.claimChannel();
		assertThat(event.getClaimant()).isSameAs(Thread.currentThread());
	}

	@Test
	void whenClaimedTwiceThenThrows() {
		SocketSuccessEvent event = event(PEER);
		event.claimBlockingChannel();
		assertThatIllegalStateException().isThrownBy(event::claimChannel)
			.withMessage("Channel of ConnectionAcceptedEvent of 'rot13' has been claimed already");
		assertThat(this.channel.isOpen()).isTrue();
	}

	@Test
	void whenClaimedByManyThreadsThenOneGetsIt() throws Exception {
		SocketSuccessEvent event = event(PEER);
		AtomicInteger claimed = new AtomicInteger();
		Parallel.run(8, (thread) -> {
			try {
				event.claimBlockingChannel();
				claimed.incrementAndGet();
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessageEndingWith("has been claimed already");
			}
		});
		assertThat(claimed).hasValue(1);
	}

	@Test
	void whenClosedUnclaimedThenClaimSaysWhy() {
		SocketSuccessEvent event = event(PEER);
		assertThat(event.closeUnclaimed("it is not on the list")).isTrue();
		assertThat(event.closeUnclaimed("of something else")).isFalse();
		assertThat(this.channel.isOpen()).isFalse();
		assertThatIllegalStateException().isThrownBy(event::claimChannel)
			.withMessage("Channel of ConnectionAcceptedEvent of 'rot13' was closed because it is not on the list");
	}

	@Test
	void whenClaimedThenIsNotClosedUnclaimed() {
		SocketSuccessEvent event = event(PEER);
		event.claimChannel();
		assertThat(event.closeUnclaimed("nobody wants it")).isFalse();
		assertThat(this.channel.isOpen()).isTrue();
	}

	@Test
	void whenItsModeCannotBeSetThenClaimClosesIt() {
		SelectableChannel broken = new FakeChannel() {

			@Override
			protected void implConfigureBlocking(boolean block) throws IOException {
				throw new IOException("on purpose");
			}

		};
		SocketFactory factory = factory();
		SocketSuccessEvent event = new SocketSuccessEvent(factory, "rot13.success", broken, null, null) {
		};
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(event::claimChannel)
			.withMessage("Channel of 'rot13' cannot be switched to non-blocking mode");
		assertThat(broken.isOpen()).isFalse();
	}

	@Test
	void whenPeerHasAPortThenIsItsPort() {
		assertThat(event(PEER)).returns(PEER, SocketSuccessEvent::getRemoteAddress)
			.returns(4711, SocketSuccessEvent::getRemotePort);
		SocketAddress unix = UnixDomainSocketAddress.of("/run/client.sock");
		assertThat(event(unix)).returns(unix, SocketSuccessEvent::getRemoteAddress)
			.returns(null, SocketSuccessEvent::getRemotePort);
		assertThat(event(null)).returns(null, SocketSuccessEvent::getRemoteAddress)
			.returns(null, SocketSuccessEvent::getRemotePort);
	}

	@Test
	void whenPrintedThenTellsFactoryAndPeer() {
		assertThat(event(PEER)).hasToString("ConnectionAcceptedEvent[factory=rot13, remoteAddress=/192.0.2.1:4711]");
	}

	private ConnectionAcceptedEvent event(@Nullable SocketAddress peer) {
		return new ConnectionAcceptedEvent(factory(), "rot13.success", this.channel, peer);
	}

	private static SocketFactory factory() {
		SocketFactory factory = mock(SocketFactory.class);
		given(factory.getName()).willReturn("rot13");
		return factory;
	}

}
