package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryHarness;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link ProcNet}.
 */
@ExtendWith(LeakCheck.class)
class ProcNetTests {

	private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n";

	@TempDir
	private Path folder;

	@Test
	void depthIsTheReceiveQueueOfTheListenersRow() throws Exception {
		write("tcp", HEAD + row("127.0.0.1", 80, "0A", "00000003") + row("127.0.0.1", 81, "0A", "0000001F"));
		assertThat(depth("127.0.0.1", 80)).isEqualTo(3);
		assertThat(depth("127.0.0.1", 81)).isEqualTo(31);
		assertThat(depth("127.0.0.1", 82)).isNull();
		assertThat(depth("127.0.0.2", 80)).isNull();
	}

	@Test
	void eachTableIsReadOnce() throws Exception {
		write("tcp", HEAD + row("127.0.0.1", 80, "0A", "00000003"));
		ProcNet tables = new ProcNet(this.folder);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 80);
		assertThat(tables.getAcceptQueueDepth(address)).isEqualTo(3);
		write("tcp", HEAD + row("127.0.0.1", 80, "0A", "00000004"));
		assertThat(tables.getAcceptQueueDepth(address)).isEqualTo(3);
	}

	@Test
	void searchEndsAtTheFirstRowThatDoesNotListen() throws Exception {
		write("tcp", HEAD + row("127.0.0.1", 80, "0A", "00000003") + row("127.0.0.1", 80, "01", "00000007")
				+ row("127.0.0.1", 81, "0A", "00000005") + "and what cannot be read");
		assertThat(depth("127.0.0.1", 80)).isEqualTo(3);
		assertThat(depth("127.0.0.1", 81)).isNull();
	}

	@Test
	void ipv6HasATableOfItsOwn() throws Exception {
		write("tcp", HEAD + row("127.0.0.1", 80, "0A", "00000003"));
		write("tcp6", HEAD + row("::1", 80, "0A", "00000004"));
		assertThat(depth("::1", 80)).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", HEAD, HEAD + "\n", HEAD + "0: too short\n", HEAD + "0: 0100007F:0050 x 0A y:z\n" })
	void whenTableIsNotUnderstoodThenUnknown(String text) throws Exception {
		write("tcp", text);
		assertThat(depth("127.0.0.1", 80)).isNull();
	}

	@Test
	void whenThereIsNoTableThenUnknown() throws Exception {
		assertThat(depth("127.0.0.1", 80)).isNull();
		assertThat(unixDepth("/run/a")).isNull();
	}

	@Test
	void unixDepthCountsRowsOfTheNameWithoutInode() throws Exception {
		write("unix", """
				Num       RefCount Protocol Flags    Type St Inode Path
				0000000000000000: 00000002 00000000 00010000 0001 01 41351 /run/a b
				0000000000000000: 00000002 00000000 00000000 0001 02     0 /run/a b
				0000000000000000: 00000002 00000000 00000000 0001 02     0 /run/a b
				0000000000000000: 00000002 00000000 00000000 0001 02     0 /run/a
				0000000000000000: 00000003 00000000 00000000 0001 03 41352 /run/a b
				0000000000000000: 00000003 00000000 00000000 0001 03 41353
				""");
		assertThat(unixDepth("/run/a b")).isEqualTo(2);
		assertThat(unixDepth("/run/a")).isEqualTo(1);
		assertThat(unixDepth("/run/c")).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@EnabledOnOs(OS.LINUX)
	void depthRisesWithClientsThatAreNotAccepted(SocketDomain domain) throws Exception {
		assertDepthRises(SocketFactoryHarness.loopback(domain));
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 0.0.0.0", "AF_INET6, ::", "AF_INET6, [::ffff:127.0.0.1]:0" })
	@EnabledOnOs(OS.LINUX)
	void depthOfListenerOnWildcardOrMappedAddress(SocketDomain domain, String host) throws Exception {
		assertDepthRises(SocketFactoryHarness.loopback(domain).bind(host));
	}

	@ParameterizedTest
	@CsvSource({ ",false", ",true", "0660,false", "0660,true" })
	@EnabledOnOs(OS.LINUX)
	void depthOfUnixListener(@Nullable String mode, String reuse) throws Exception {
		SocketSpecBuilder spec = SocketFactoryHarness.loopback(SocketDomain.AF_UNIX)
			.bind(this.folder.resolve("s").toString())
			.reuse(reuse);
		assertDepthRises((mode != null) ? spec.unixMode(mode) : spec);
	}

	private void assertDepthRises(SocketSpecBuilder spec) throws IOException {
		List<SocketChannel> clients = new ArrayList<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(spec.startPaused(true));
			for (int depth = 0; depth <= 3; depth++) {
				int expected = depth;
				Await.await().untilAsserted(() -> assertThat(depthOf(factory)).isEqualTo(expected));
				clients.add(SocketChannel.open(reachable(Objects.requireNonNull(factory.getLocalAddress()))));
			}
			Await.await().untilAsserted(() -> assertThat(depthOf(factory)).isEqualTo(4));
			factory.resumeAccept();
			harness.awaitAccepted(4);
			assertThat(depthOf(factory)).isZero();
			harness.closeAccepted();
		}
		finally {
			clients.forEach(Peer::close);
		}
	}

	private static SocketAddress reachable(SocketAddress address) throws IOException {
		return (address instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress())
				? new InetSocketAddress((inet.getAddress().getAddress().length == 4) ? "127.0.0.1" : "::1",
						inet.getPort())
				: address;
	}

	private static @Nullable Integer depthOf(ManagedSocketFactory factory) {
		return factory.getAcceptQueueDepth(new ProcNet());
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 12345, 0100007F:3039", "0.0.0.0, 80, 00000000:0050", "10.1.2.3, 65535, 0302010A:FFFF",
			"::1, 7, 00000000000000000000000001000000:0007", "::, 0, 00000000000000000000000000000000:0000",
			"2001:db8::ff, 443, B80D01200000000000000000FF000000:01BB" })
	void textIsThatOfTheTable(String host, int port, String text) throws Exception {
		assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
		assertThat(ProcNet.text(new InetSocketAddress(InetAddress.getByName(host), port))).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:80, 127.0.0.1:80, true", "127.0.0.1:81, 127.0.0.1:80, false",
			"127.0.0.2:80, 127.0.0.1:80, false", "0.0.0.0:80, 127.0.0.1:80, true", "127.0.0.1:80, 0.0.0.0:80, true",
			":::80, 127.0.0.1:80, true", "::1:80, ::1:80, true", "::1:80, :::80, true", "::1:80, ::2:80, false" })
	void addressesAreInEachOthersWayIfEqualOrAny(String one, String other, boolean same) throws Exception {
		assertThat(ProcNet.isInTheWay(ProcNet.text(address(one)), address(other))).isEqualTo(same);
	}

	@Test
	void mappedAddressIsInTheWayOfItsIpv4Address() throws Exception {
		assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
		assertThat(ProcNet.isInTheWay("0000000000000000FFFF00000100007F:0050", address("127.0.0.1:80"))).isTrue();
	}

	private static InetSocketAddress address(String text) throws Exception {
		int colon = text.lastIndexOf(':');
		return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)),
				Integer.parseInt(text.substring(colon + 1)));
	}

	private static String row(String host, int port, String state, String depth) throws IOException {
		return "   0: %s 00000000:0000 %s 00000000:%s 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0\n"
			.formatted(ProcNet.text(new InetSocketAddress(InetAddress.getByName(host), port)), state, depth);
	}

	private @Nullable Integer depth(String host, int port) throws IOException {
		return new ProcNet(this.folder).getAcceptQueueDepth(new InetSocketAddress(InetAddress.getByName(host), port));
	}

	private @Nullable Integer unixDepth(String path) {
		return new ProcNet(this.folder).getAcceptQueueDepth(UnixDomainSocketAddress.of(path));
	}

	private void write(String table, String text) throws IOException {
		Files.writeString(this.folder.resolve(table), text);
	}

}
