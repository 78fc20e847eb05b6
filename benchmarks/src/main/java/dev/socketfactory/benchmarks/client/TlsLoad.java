package dev.socketfactory.benchmarks.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Load generator for TLS. Each line of its standard input says {@code handshake} or
 * {@code line}, the port, how many connections at a time, and how many handshakes or
 * lines in all.
 */
public final class TlsLoad {

	private static final int LINE_LENGTH = 64;

	private final int port;

	private final TrustManager[] trust;

	private final AtomicInteger left;

	private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();

	private final AtomicInteger failures = new AtomicInteger();

	private TlsLoad(int port, int count, TrustManager[] trust) {
		this.port = port;
		this.left = new AtomicInteger(count);
		this.trust = trust;
	}

	public static void main(String[] args) throws Exception {
		TrustManager[] trust = trust();
		System.out.println("READY");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			String[] words = line.split(" ");
			TlsLoad load = new TlsLoad(Integer.parseInt(words[1]), Integer.parseInt(words[3]), trust);
			load.run(words[0].equals("line"), Integer.parseInt(words[2]));
		}
	}

	private static TrustManager[] trust() throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(Path.of(System.getProperty("benchmark.key-store")))) {
			store.load(in, "benchmark".toCharArray());
		}
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("peer", store.getCertificate("peer"));
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(trusted);
		return factory.getTrustManagers();
	}

	private void run(boolean lines, int inFlight) throws InterruptedException {
		Thread[] threads = new Thread[inFlight];
		long start = System.nanoTime();
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> run(lines));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		print(System.nanoTime() - start);
	}

	private void run(boolean lines) {
		try {
			if (lines) {
				sayLines();
				return;
			}
			while (this.left.getAndDecrement() > 0) {
				shakeHands();
			}
		}
		catch (IOException | GeneralSecurityException ex) {
			ex.printStackTrace();
			this.failures.incrementAndGet();
		}
	}

	/**
	 * Connect as somebody who was never there before: a context of its own has no session
	 * to resume.
	 */
	private SSLSocket connect() throws IOException, GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, this.trust, null);
		SSLSocket socket = (SSLSocket) context.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), this.port);
		// Else its last flight, two small records, waits 40 ms for an acknowledgement
		socket.setTcpNoDelay(true);
		return socket;
	}

	private void shakeHands() throws IOException, GeneralSecurityException {
		long start = System.nanoTime();
		try (SSLSocket socket = connect()) {
			socket.setSoLinger(true, 0);
			if (socket.getInputStream().read() != 'x') {
				throw new IOException("The server has not answered");
			}
			this.latencies.add(System.nanoTime() - start);
		}
	}

	private void sayLines() throws IOException, GeneralSecurityException {
		byte[] line = new byte[LINE_LENGTH];
		Arrays.fill(line, (byte) 'a');
		line[LINE_LENGTH - 1] = '\n';
		try (SSLSocket socket = connect()) {
			InputStream in = socket.getInputStream();
			OutputStream out = socket.getOutputStream();
			while (this.left.getAndDecrement() > 0) {
				long start = System.nanoTime();
				out.write(line);
				if (!Arrays.equals(in.readNBytes(LINE_LENGTH), line)) {
					throw new IOException("Another line came back");
				}
				this.latencies.add(System.nanoTime() - start);
			}
		}
	}

	private void print(long wall) {
		long[] sorted = this.latencies.stream().mapToLong(Long::longValue).sorted().toArray();
		System.out.printf("count=%d failures=%d wall=%d p50=%d p99=%d p999=%d%n", sorted.length, this.failures.get(),
				wall, percentile(sorted, 0.5), percentile(sorted, 0.99), percentile(sorted, 0.999));
	}

	private static long percentile(long[] sorted, double part) {
		return (sorted.length > 0) ? sorted[(int) (part * (sorted.length - 1))] : 0;
	}

}
