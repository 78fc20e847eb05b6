package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketfactory.benchmarks.server.Work;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link Peer}: every one starts in a process of its own and serves.
 */
@Timeout(120)
class PeerTests {

	@TempDir
	private static Path folder;

	private static Launcher launcher;

	@BeforeAll
	static void compile() throws IOException {
		assumeThat(Launcher.succeeds("cc", "--version")).as("a C compiler").isTrue();
		launcher = new Launcher(folder, false);
	}

	static Stream<Peer> servers() {
		return Stream.concat(Peer.SERVERS.stream(), Peer.ACCESS_SERVERS.stream()).distinct();
	}

	static Stream<Peer> unixServers() {
		return servers().filter(Peer::unix);
	}

	static List<Peer> lineServers() {
		return Peer.LINE_SERVERS;
	}

	static List<Peer> tlsServers() {
		return Peer.TLS_SERVERS;
	}

	static List<Peer> clients() {
		return Peer.CLIENTS;
	}

	@ParameterizedTest
	@MethodSource("servers")
	void serverWritesOneByteAndClosesAndAgainForTheNext(Peer peer) throws IOException {
		assertThatItServes(peer, false);
	}

	@ParameterizedTest
	@MethodSource("unixServers")
	@Tag("drill")
	void serverDoesTheSameOverUnixSockets(Peer peer) throws IOException {
		assertThatItServes(peer, true);
	}

	@ParameterizedTest
	@MethodSource("lineServers")
	@Tag("drill")
	void lineServerSendsLinesBack(Peer peer) throws IOException {
		assumeThatItRunsHere(peer);
		try (PeerProcess server = launcher.server(peer, Work.LINE, false)) {
			assertThat(launcher.load("line", server.getTarget(), "2", "20")).containsEntry("failures", 0.0)
				.containsEntry("count", 20.0);
		}
	}

	@ParameterizedTest
	@MethodSource("tlsServers")
	void tlsServerSendsLinesBack(Peer peer) throws IOException {
		assertThatItServesTls(peer, Work.TLS_LINE, "line");
	}

	@ParameterizedTest
	@MethodSource("tlsServers")
	@Tag("drill")
	void tlsServerShakesHands(Peer peer) throws IOException {
		assertThatItServesTls(peer, Work.TLS_BYTE, "handshake");
	}

	@ParameterizedTest
	@MethodSource("clients")
	void clientConnects(Peer peer) throws IOException {
		assumeThatItRunsHere(peer);
		Peer sink = Peer.SERVERS.stream().filter((server) -> server.name().equals(Peer.C)).findFirst().orElseThrow();
		try (PeerProcess server = launcher.server(sink, Work.BYTE, false);
				PeerProcess client = launcher.client(peer, server.getTarget(), 4)) {
			assertThat(client.ask("20")).isEqualTo("done");
		}
	}

	@Test
	void queueOfServerThatStandsStillIsDrained() throws IOException {
		Peer nio = Peer.SERVERS.stream().filter((server) -> server.name().equals(Peer.NIO)).findFirst().orElseThrow();
		try (PeerProcess server = launcher.server(nio, Work.BYTE, false)) {
			Map<String, Double> figures = launcher.load("backlog", server.getTarget(), "100",
					String.valueOf(server.getPid()));
			assertThat(figures).containsEntry("count", 100.0);
		}
	}

	@Test
	void applicationAnswersWithAndWithoutTheStarter() throws IOException {
		try (PeerProcess application = launcher.application(2)) {
			assertThat(Long.parseLong(application.ask("scrape"))).isPositive();
			assertThat(Long.parseLong(application.ask("sockets"))).isPositive();
			assertThat(launcher.load("accept", application.getTarget(), "1", "3")).containsEntry("count", 3.0);
		}
		try (PeerProcess application = launcher.application(-1)) {
			assertThat(Long.parseLong(application.ask("heap"))).isPositive();
		}
	}

	private static void assertThatItServes(Peer peer, boolean unix) throws IOException {
		assumeThatItRunsHere(peer);
		try (PeerProcess server = launcher.server(peer, Work.BYTE, unix)) {
			for (int i = 0; i < 3; i++) {
				try (SocketChannel client = SocketChannel.open(address(server, unix))) {
					assertThat(Channels.newInputStream(client).readAllBytes()).containsExactly('x');
				}
			}
			assertThat(launcher.cpuNanos(server.getPid())).isPositive();
			assertThat(server.getResidentBytes()).isPositive();
		}
	}

	private static void assertThatItServesTls(Peer peer, Work work, String command) throws IOException {
		assumeThatItRunsHere(peer);
		try (PeerProcess load = launcher.tlsLoad(); PeerProcess server = launcher.server(peer, work, false)) {
			assertThat(Launcher.figures(load.ask("%s %s 2 4".formatted(command, server.getTarget()))))
				.containsEntry("count", 4.0);
		}
	}

	private static SocketAddress address(PeerProcess server, boolean unix) {
		return unix ? UnixDomainSocketAddress.of(server.getTarget())
				: new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(server.getTarget()));
	}

	private static void assumeThatItRunsHere(Peer peer) {
		boolean runs = switch (peer.variant()) {
			case "virtual" -> Runtime.version().feature() >= 21;
			case "epoll" -> Epoll.isAvailable();
			case "io_uring" -> IoUring.isAvailable();
			default -> !peer.program().endsWith(".pl") || Launcher.succeeds("perl", "-MPOE", "-e", "1");
		};
		assumeThat(runs).as("%s runs here", peer.name()).isTrue();
	}

}
