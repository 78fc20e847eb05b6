package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketfactory.benchmarks.server.Work;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons of processes that serve or connect.
 */
final class ServerBenchmarks {

	static final Metric HEAP_EACH = new Metric("live heap of each, B", 0);

	private static final Metric RSS_EACH = new Metric("RSS of each, B", 0);

	private static final Metric RSS_NONE = new Metric("RSS without connections, MB", 1);

	private static final int WARM_UP_HELD = 200;

	private static final int BACKLOG = 4000;

	private static final double HANDSHAKE_COST = 40;

	/**
	 * A round of fewer lines is over before the processors' time can be told apart from
	 * what else happens on the machine.
	 */
	private static final double TLS_LINE_COST = 0.25;

	private static final double MEGABYTE = 1024 * 1024;

	private final Launcher launcher;

	private final Settings settings;

	private final Measuring measuring;

	ServerBenchmarks(Launcher launcher, Settings settings) {
		this.launcher = launcher;
		this.settings = settings;
		this.measuring = new Measuring(settings);
	}

	/**
	 * Accept, write one byte, close; then the same for a queue that is full.
	 */
	List<Comparison> accept(boolean unix) throws IOException {
		String transport = unix ? "UNIX" : "TCP";
		String suffix = unix ? "unix" : "tcp";
		List<Comparison> comparisons = new ArrayList<>();
		for (int inFlight : this.settings.inFlight()) {
			comparisons.add(new Comparison("accept-%s-%d".formatted(suffix, inFlight),
					"Accept, one byte, close: %s, %d in flight".formatted(transport, inFlight), Peer.NIO));
		}
		Comparison backlog = new Comparison("backlog-" + suffix,
				"A listen queue of %d drained: %s".formatted(BACKLOG, transport), Peer.NIO);
		List<Peer> peers = servers().filter((peer) -> !unix || peer.unix()).toList();
		comparisons.add(backlog);
		withServers(peers, Work.BYTE, unix, comparisons, (servers) -> {
			warmUpAccept(comparisons, servers);
			for (int i = 0; i < this.settings.inFlight().size(); i++) {
				measureAccept(comparisons.get(i), servers, this.settings.inFlight().get(i));
			}
			this.measuring.measure(backlog, servers, (server) -> drain(server));
		});
		return comparisons;
	}

	/**
	 * Accept with and without rules of who may connect.
	 */
	List<Comparison> access() throws IOException {
		Comparison comparison = new Comparison("access-tcp",
				"Accept with access rules and a limit for each source: TCP, 64 in flight", Peer.STARTER);
		withServers(Peer.ACCESS_SERVERS, Work.BYTE, false, List.of(comparison), (servers) -> {
			warmUpAccept(List.of(comparison), servers);
			measureAccept(comparison, servers, 64);
		});
		return List.of(comparison);
	}

	private void warmUpAccept(List<Comparison> comparisons, Map<String, PeerProcess> servers) {
		warmUp(comparisons, servers, (server) -> this.launcher.load("accept", server.getTarget(), "64",
				String.valueOf(this.settings.warmUp())));
	}

	private void measureAccept(Comparison comparison, Map<String, PeerProcess> servers, int inFlight) {
		this.measuring.measure(comparison, servers, (server) -> load(server, this.settings.count(),
				(count) -> this.launcher.load("accept", server.getTarget(), String.valueOf(inFlight), count), true));
	}

	private Stream<Peer> servers() {
		return Peer.SERVERS.stream()
			.filter((peer) -> this.settings.allPeers() || Goal.ALL.stream().anyMatch((goal) -> goal.names(peer)));
	}

	private Map<Metric, Double> drain(PeerProcess server) throws IOException {
		Map<Metric, Double> measured = load(server, BACKLOG,
				(count) -> this.launcher.load("backlog", server.getTarget(), count, String.valueOf(server.getPid())),
				false);
		Map<Metric, Double> drained = new LinkedHashMap<>();
		drained.put(Metric.RATE, measured.get(Metric.RATE));
		drained.put(Metric.CPU, measured.get(Metric.CPU));
		return drained;
	}

	/**
	 * Memory without connections and with many that are held.
	 */
	List<Comparison> held() throws IOException {
		int count = this.settings.held();
		Comparison comparison = new Comparison("held", "Memory of %d held TCP connections".formatted(count), Peer.NIO);
		for (Peer peer : servers().toList()) {
			try (PeerProcess server = this.launcher.server(peer, Work.HOLD, false)) {
				comparison.add(peer.name(), held(peer, server, count), false);
			}
			catch (IOException ex) {
				comparison.miss(peer.name(), String.valueOf(ex.getMessage()));
			}
		}
		return List.of(comparison);
	}

	/**
	 * Hold connections for a moment.
	 */
	private void hold(PeerProcess server, int count) throws IOException {
		try (PeerProcess clients = this.launcher.hold(server.getTarget(), count)) {
			server.awaitDescriptors(count);
		}
	}

	private Map<Metric, Double> held(Peer peer, PeerProcess server, int count) throws IOException {
		boolean java = peer.isJava();
		hold(server, WARM_UP_HELD);
		server.awaitDescriptors(0);
		// What the first connections bring of classes and buffers belongs to none of them
		double heap = java ? Double.parseDouble(server.ask("heap")) : 0;
		double rss = server.getResidentBytes();
		try (PeerProcess clients = this.launcher.hold(server.getTarget(), count)) {
			server.awaitDescriptors(count);
			Map<Metric, Double> measured = new LinkedHashMap<>();
			if (java) {
				measured.put(HEAP_EACH, (Double.parseDouble(server.ask("heap")) - heap) / count);
			}
			measured.put(RSS_NONE, rss / MEGABYTE);
			measured.put(RSS_EACH, (server.getResidentBytes() - rss) / count);
			measured.put(Metric.THREADS, (double) server.getThreads());
			return measured;
		}
	}

	/**
	 * Connect and reset.
	 */
	List<Comparison> connect() throws IOException {
		Comparison comparison = new Comparison("connect", "Connect and reset: TCP, 64 in flight", Peer.NIO);
		Peer sink = Peer.SERVERS.get(Peer.SERVERS.size() - 1);
		Map<String, PeerProcess> clients = new LinkedHashMap<>();
		try (PeerProcess server = this.launcher.server(sink, Work.BYTE, false)) {
			start(Peer.CLIENTS, List.of(comparison), clients,
					(peer) -> this.launcher.client(peer, server.getTarget(), 64));
			warmUp(List.of(comparison), clients, (client) -> client.ask(String.valueOf(this.settings.warmUp())));
			this.measuring.measure(comparison, clients, this::connect, server.getPid());
		}
		finally {
			clients.values().forEach(PeerProcess::close);
		}
		return List.of(comparison);
	}

	private Map<Metric, Double> connect(PeerProcess client) throws IOException {
		return load(client, this.settings.count(), (count) -> {
			long begun = System.nanoTime();
			client.ask(count);
			return Map.of("wall", (double) (System.nanoTime() - begun), "count", Double.parseDouble(count));
		}, true);
	}

	/**
	 * Send lines back.
	 */
	List<Comparison> lines() throws IOException {
		List<Comparison> comparisons = new ArrayList<>();
		for (int inFlight : this.settings.inFlight()) {
			comparisons.add(new Comparison("line-" + inFlight,
					"Round trip of a line of 64 bytes: TCP, %d connections".formatted(inFlight), Peer.BLOCKING));
		}
		withServers(Peer.LINE_SERVERS, Work.LINE, false, comparisons, (servers) -> {
			warmUp(comparisons, servers, (server) -> this.launcher.load("line", server.getTarget(), "64",
					String.valueOf(this.settings.warmUp())));
			for (int i = 0; i < comparisons.size(); i++) {
				String inFlight = String.valueOf(this.settings.inFlight().get(i));
				this.measuring.measure(comparisons.get(i), servers, (server) -> load(server, this.settings.count(),
						(count) -> this.launcher.load("line", server.getTarget(), inFlight, count), true));
			}
		});
		return comparisons;
	}

	/**
	 * Handshakes and lines over TLS.
	 */
	List<Comparison> tls() throws IOException {
		List<Comparison> comparisons = new ArrayList<>();
		comparisons.addAll(tls("tls-handshake", "TLS 1.3 handshake, one byte, close: 8 in flight", Work.TLS_BYTE,
				"handshake", this.settings.costing(HANDSHAKE_COST)));
		comparisons.addAll(tls("tls-line", "Round trip of a line of 64 bytes over TLS 1.3: 8 connections",
				Work.TLS_LINE, "line", this.settings.costing(TLS_LINE_COST)));
		return comparisons;
	}

	private List<Comparison> tls(String id, String title, Work work, String load, Settings amount) throws IOException {
		Comparison comparison = new Comparison(id, title, Peer.SSL_HANDLER);
		try (PeerProcess clients = this.launcher.tlsLoad()) {
			withServers(Peer.TLS_SERVERS, work, false, List.of(comparison), (servers) -> {
				warmUp(List.of(comparison), servers,
						(server) -> tls(clients, load, server, String.valueOf(amount.warmUp())));
				new Measuring(amount).measure(comparison, servers,
						(server) -> load(server, amount.count(), (count) -> tls(clients, load, server, count), true),
						clients.getPid());
			});
		}
		return List.of(comparison);
	}

	private static Map<String, Double> tls(PeerProcess clients, String load, PeerProcess server, String count)
			throws IOException {
		return Launcher.figures(clients.ask("%s %s 8 %s".formatted(load, server.getTarget(), count)));
	}

	/**
	 * Let every peer work for a while first. One that cannot is left out of all of the
	 * comparisons.
	 */
	private static void warmUp(List<Comparison> comparisons, Map<String, PeerProcess> peers, Preparation preparation) {
		Comparison first = comparisons.get(0);
		Measuring.forEach(first, peers, (name, peer) -> preparation.prepare(peer));
		comparisons.forEach((comparison) -> first.getMissing().forEach(comparison::miss));
	}

	/**
	 * Run a load and return what it took of the peer's processor time, and what the load
	 * generator saw.
	 */
	private Map<Metric, Double> load(PeerProcess peer, int count, Load load, boolean threads) throws IOException {
		long before = this.launcher.cpuNanos(peer.getPid());
		Map<String, Double> figures = load.run(String.valueOf(count));
		long taken = this.launcher.cpuNanos(peer.getPid()) - before;
		Map<Metric, Double> measured = new LinkedHashMap<>();
		measured.put(Metric.CPU, taken / 1e3 / count);
		measured.put(Metric.RATE, count / (figures.getOrDefault("wall", Double.NaN) / 1e9));
		putMicros(measured, Metric.P50, figures.get("p50"));
		putMicros(measured, Metric.P99, figures.get("p99"));
		putMicros(measured, Metric.P999, figures.get("p999"));
		if (threads) {
			measured.put(Metric.THREADS, (double) peer.getThreads());
		}
		return measured;
	}

	private static void putMicros(Map<Metric, Double> measured, Metric metric, @Nullable Double nanos) {
		if (nanos != null) {
			measured.put(metric, nanos / 1e3);
		}
	}

	private void withServers(List<Peer> peers, Work work, boolean unix, List<Comparison> comparisons, Use use)
			throws IOException {
		Map<String, PeerProcess> servers = new LinkedHashMap<>();
		try {
			start(peers, comparisons, servers, (peer) -> this.launcher.server(peer, work, unix));
			use.with(servers);
		}
		finally {
			servers.values().forEach(PeerProcess::close);
		}
	}

	private static void start(List<Peer> peers, List<Comparison> comparisons, Map<String, PeerProcess> started,
			Start start) {
		for (Peer peer : peers) {
			try {
				started.put(peer.name(), start.start(peer));
			}
			catch (IOException ex) {
				comparisons.forEach((comparison) -> comparison.miss(peer.name(), String.valueOf(ex.getMessage())));
			}
		}
	}

	private interface Load {

		Map<String, Double> run(String count) throws IOException;

	}

	private interface Use {

		void with(Map<String, PeerProcess> servers) throws IOException;

	}

	private interface Preparation {

		void prepare(PeerProcess peer) throws IOException;

	}

	private interface Start {

		PeerProcess start(Peer peer) throws IOException;

	}

}
