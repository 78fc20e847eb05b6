package dev.socketfactory.benchmarks.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;

import dev.socketfactory.benchmarks.LiveHeap;

/**
 * What a server process has been asked to do. It says on its standard output where it
 * listens, and ends with its standard input.
 *
 * @param variant one of the ways the server can be built
 * @param work what to do with a connection
 * @param target {@code tcp}, or the path of a UNIX socket
 */
record Job(String variant, Work work, String target) {

	static final int LISTEN_QUEUE = 4096;

	static final String KEY_STORE = "benchmark.key-store";

	static final String PASSWORD = "benchmark";

	static Job of(String[] arguments) {
		return new Job(arguments[0], Work.valueOf(arguments[1]), arguments[2]);
	}

	boolean isUnix() {
		return !this.target.equals("tcp");
	}

	SocketAddress address() {
		return isUnix() ? UnixDomainSocketAddress.of(this.target)
				: new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
	}

	static KeyManagerFactory keys() throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(Path.of(System.getProperty(KEY_STORE)))) {
			store.load(in, PASSWORD.toCharArray());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD.toCharArray());
		return keys;
	}

	/**
	 * Say that the server listens, and end the process when the standard input ends.
	 * @param port the port, of no account for a UNIX socket
	 */
	void serve(int port) throws IOException {
		System.out.println("READY " + (isUnix() ? this.target : port));
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		while (commands.readLine() != null) {
			System.out.println(LiveHeap.measure());
		}
		Runtime.getRuntime().halt(0);
	}

}
