package dev.socketfactory.benchmarks;

import java.util.List;

/**
 * How much is measured.
 *
 * @param allPeers whether all servers take part, or those that the goals name
 * @param rounds rounds of each peer
 * @param warmUp connections, lines and the like before the first round
 * @param count the same in a round
 * @param inFlight how many at a time, one comparison for each
 * @param held connections held for the memory of each
 * @param listeners listeners in one application, one row for each
 * @param entries entries of an application that is started, one row for each
 * @param repeats how often a disturbed round is repeated at most
 * @param microMillis milliseconds of an iteration of a microbenchmark
 */
record Settings(boolean allPeers, int rounds, int warmUp, int count, List<Integer> inFlight, int held,
		List<Integer> listeners, List<Integer> entries, int repeats, int microMillis) {

	static final Settings FULL = new Settings(true, 11, 60000, 20000, List.of(1, 64, 512), 10000,
			List.of(1, 100, 1000, 5000), List.of(0, 10, 1000), 5, 1000);

	static final Settings QUICK = new Settings(false, 3, 10000, 4000, List.of(64), 3000, List.of(1, 100), List.of(10),
			1, 300);

	/**
	 * Return these settings for something that costs that many times as much.
	 */
	Settings costing(double factor) {
		return new Settings(this.allPeers, this.rounds, (int) (this.warmUp / factor), (int) (this.count / factor),
				this.inFlight, this.held, this.listeners, this.entries, this.repeats, this.microMillis);
	}

}
