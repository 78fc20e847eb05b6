package dev.socketfactory.benchmarks.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * What a client process has been asked to do: for every number that its standard input
 * has, to connect that many times, and to reset each connection as soon as it is there.
 *
 * @param port the port to connect to
 * @param inFlight how many connections to be making at a time
 */
record Demand(int port, int inFlight) {

	static Demand of(String[] arguments) {
		return new Demand(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
	}

	void serve(Client client) throws Exception {
		System.out.println("READY");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			client.connect(Integer.parseInt(line));
			System.out.println("done");
		}
		Runtime.getRuntime().halt(0);
	}

	/**
	 * One way to connect.
	 */
	@FunctionalInterface
	interface Client {

		/**
		 * Connect and reset.
		 * @param count how many times
		 * @throws Exception if a connection could not be made
		 */
		void connect(int count) throws Exception;

	}

}
