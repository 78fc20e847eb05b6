package dev.socketfactory.benchmarks;

import java.util.List;

/**
 * How one peer is to compare with another.
 *
 * @param comparison where it is measured
 * @param measure what is measured, in words
 * @param metric the metric
 * @param subject the peer that has the goal
 * @param other the peer it is compared with
 * @param bound the ratio that is to be reached
 * @param atMost whether the bound is an upper one
 */
record Goal(String comparison, String measure, Metric metric, String subject, String other, double bound,
		boolean atMost) {

	static final List<Goal> ALL = List.of(
			atMost("accept-tcp-64", "server CPU, TCP, inline", Metric.CPU, Peer.STARTER, Peer.C, 1.12),
			atMost("accept-tcp-64", "server CPU, TCP, inline", Metric.CPU, Peer.STARTER, Peer.NIO, 1.02),
			atMost("accept-tcp-64", "server CPU, TCP, inline", Metric.CPU, Peer.STARTER, Peer.NETTY_EPOLL, 0.93),
			atMost("accept-tcp-64", "server CPU, TCP, inline", Metric.CPU, Peer.STARTER, Peer.SPRING_INTEGRATION_NET,
					0.70),
			atMost("accept-unix-64", "server CPU, UNIX, inline", Metric.CPU, Peer.STARTER, Peer.C, 1.12),
			atMost("accept-unix-64", "server CPU, UNIX, inline", Metric.CPU, Peer.STARTER, Peer.NIO, 1.02),
			atMost("accept-unix-64", "server CPU, UNIX, inline", Metric.CPU, Peer.STARTER, Peer.NETTY_EPOLL, 0.78),
			atMost("accept-tcp-64", "server CPU, TCP, virtual threads", Metric.CPU, Peer.STARTER_VIRTUAL, Peer.NIO,
					1.35),
			atMost("accept-tcp-64", "server CPU, TCP, virtual threads", Metric.CPU, Peer.STARTER_VIRTUAL,
					Peer.NETTY_EPOLL, 1.15),
			atMost("accept-tcp-64", "server CPU, TCP, pool", Metric.CPU, Peer.STARTER_POOL, Peer.NIO, 1.25),
			atLeast("backlog-tcp", "backlog drained, rate", Metric.RATE, Peer.STARTER, Peer.C, 0.80),
			atLeast("backlog-tcp", "backlog drained, rate", Metric.RATE, Peer.STARTER, Peer.NIO, 0.97),
			atLeast("backlog-tcp", "backlog drained, rate", Metric.RATE, Peer.STARTER, Peer.NETTY_EPOLL, 1.25),
			atLeast("backlog-tcp", "backlog drained, rate", Metric.RATE, Peer.STARTER, Peer.SPRING_INTEGRATION_NET,
					1.6),
			atMost("held", "live heap per held connection", ServerBenchmarks.HEAP_EACH, Peer.STARTER, Peer.NIO, 1.1),
			atMost("held", "live heap per held connection", ServerBenchmarks.HEAP_EACH, Peer.STARTER, Peer.NETTY_EPOLL,
					0.5),
			atMost("held", "live heap per held connection", ServerBenchmarks.HEAP_EACH, Peer.STARTER,
					Peer.SPRING_INTEGRATION_NET, 0.03),
			atMost("access-tcp", "server CPU with access and per-source", Metric.CPU, Peer.STARTER_RULES, Peer.STARTER,
					1.05),
			atMost("connect", "client, CPU per connect", Metric.CPU, Peer.STARTER_CONNECT, Peer.C, 1.30),
			atMost("connect", "client, CPU per connect", Metric.CPU, Peer.STARTER_CONNECT, Peer.NIO, 1.10),
			atMost("connect", "client, CPU per connect", Metric.CPU, Peer.STARTER_CONNECT, Peer.NETTY_EPOLL, 1.05),
			atMost("connect", "client, CPU per connect", Metric.CPU, Peer.STARTER_CONNECT, Peer.SPRING_INTEGRATION_NET,
					0.9),
			atMost("line-64", "line round trip, CPU", Metric.CPU, Peer.starterBlocking(), Peer.STARTER_BARE, 1.03),
			atMost("line-64", "line round trip, CPU", Metric.CPU, Peer.starterBlocking(), Peer.BLOCKING, 1.03),
			atMost("line-64", "line round trip, CPU", Metric.CPU, Peer.starterBlocking(), Peer.NETTY_EPOLL, 1.0),
			atMost("line-64", "line round trip, CPU", Metric.CPU, Peer.starterBlocking(), Peer.SPRING_INTEGRATION_NET,
					0.6),
			atMost("tls-handshake", "TLS handshake, server CPU", Metric.CPU, Peer.starterBlocking(), Peer.SSL_HANDLER,
					1.05),
			atMost("tls-line", "TLS line round trip, CPU", Metric.CPU, Peer.starterBlocking(), Peer.SSL_SOCKET, 1.1));

	private static Goal atMost(String comparison, String measure, Metric metric, String subject, String other,
			double bound) {
		return new Goal(comparison, measure, metric, subject, other, bound, true);
	}

	private static Goal atLeast(String comparison, String measure, Metric metric, String subject, String other,
			double bound) {
		return new Goal(comparison, measure, metric, subject, other, bound, false);
	}

	boolean names(Peer peer) {
		return peer.name().equals(this.subject) || peer.name().equals(this.other);
	}

	boolean isReached(double ratio) {
		return this.atMost ? ratio <= this.bound : ratio >= this.bound;
	}

}
