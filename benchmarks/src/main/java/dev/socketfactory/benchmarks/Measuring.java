package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Measures the peers of a comparison in turn, round by round, so that what changes on the
 * machine meanwhile changes for all of them. A round in which other processes took more
 * than their part is repeated.
 */
final class Measuring {

	/**
	 * The part of all processor time that others may take.
	 */
	static final double TOLERATED = 0.05;

	private static final int FIRST_TIME_FIELD = 11;

	private final Settings settings;

	Measuring(Settings settings) {
		this.settings = settings;
	}

	/**
	 * Measure.
	 * @param comparison where the rounds go
	 * @param peers the processes by name
	 * @param round measures one round of one of them
	 * @param helpers other processes that take part
	 */
	void measure(Comparison comparison, Map<String, PeerProcess> peers, Round round, long... helpers) {
		for (int i = 0; i < this.settings.rounds(); i++) {
			forEach(comparison, peers, (name, peer) -> measure(comparison, name, peer, round, helpers));
		}
	}

	/**
	 * Do something with every peer. One that fails takes no part any more.
	 */
	static void forEach(Comparison comparison, Map<String, PeerProcess> peers, Action action) {
		for (Map.Entry<String, PeerProcess> peer : peers.entrySet()) {
			if (!comparison.getMissing().containsKey(peer.getKey())) {
				try {
					action.run(peer.getKey(), peer.getValue());
				}
				catch (IOException ex) {
					comparison.miss(peer.getKey(), String.valueOf(ex.getMessage()));
				}
			}
		}
	}

	private void measure(Comparison comparison, String name, PeerProcess peer, Round round, long... helpers)
			throws IOException {
		Map<Metric, Double> best = null;
		double least = Double.MAX_VALUE;
		for (int i = 0; i <= this.settings.repeats() && least > TOLERATED; i++) {
			long others = others(peer, helpers);
			long begun = System.nanoTime();
			Map<Metric, Double> measured = round.measure(peer);
			double capacity = (System.nanoTime() - begun) / 1e7 * Runtime.getRuntime().availableProcessors();
			double part = (others(peer, helpers) - others) / capacity;
			if (best == null || part < least) {
				best = measured;
				least = part;
			}
		}
		if (best != null) {
			comparison.add(name, best, least > TOLERATED);
		}
	}

	/**
	 * Return the ticks of 10 ms that neither this process and its children nor those that
	 * are measured have taken.
	 */
	private static long others(PeerProcess peer, long... helpers) throws IOException {
		String[] all = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
		long busy = Long.parseLong(all[1]) + Long.parseLong(all[2]) + Long.parseLong(all[3]) + Long.parseLong(all[8]);
		long ours = ticks("self", 4) + ticks(String.valueOf(peer.getPid()), 2);
		for (long helper : helpers) {
			ours += ticks(String.valueOf(helper), 2);
		}
		return busy - ours;
	}

	/**
	 * Return the time of a process in user and kernel mode, or with four fields of its
	 * children that have ended too.
	 */
	private static long ticks(String process, int fields) throws IOException {
		String stat = Files.readString(Path.of("/proc", process, "stat"));
		String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		long ticks = 0;
		for (int i = 0; i < fields; i++) {
			ticks += Long.parseLong(values[FIRST_TIME_FIELD + i]);
		}
		return ticks;
	}

	/**
	 * What is done with a peer.
	 */
	@FunctionalInterface
	interface Action {

		void run(String name, PeerProcess peer) throws IOException;

	}

	/**
	 * One round of one peer.
	 */
	@FunctionalInterface
	interface Round {

		Map<Metric, Double> measure(PeerProcess peer) throws IOException;

	}

}
