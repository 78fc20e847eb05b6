package dev.socketfactory.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process of {@code openssl s_client} or {@code s_server}.
 */
public final class OpenSsl implements AutoCloseable {

	private final Process process;

	private final List<String> output = new CopyOnWriteArrayList<>();

	private final Thread reader;

	private OpenSsl(String command, String... options) throws IOException {
		List<String> all = new ArrayList<>(List.of("openssl", command));
		all.addAll(List.of(options));
		this.process = new ProcessBuilder(all).redirectErrorStream(true).start();
		this.reader = new Thread(this::read, "openssl");
		this.reader.start();
	}

	public static OpenSsl client(String... options) throws IOException {
		return new OpenSsl("s_client", options);
	}

	public static OpenSsl server(String... options) throws IOException {
		return new OpenSsl("s_server", options);
	}

	public void send(String line) throws IOException {
		this.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
		this.process.getOutputStream().flush();
	}

	public void endInput() throws IOException {
		this.process.getOutputStream().close();
	}

	/**
	 * Wait for a line of output.
	 */
	public void await(String regex) {
		Pattern pattern = Pattern.compile(regex);
		Await.await().untilAsserted(() -> assertThat(this.output).anyMatch((line) -> pattern.matcher(line).find()));
	}

	/**
	 * Let the system close the connection, without a word to the peer.
	 */
	public void kill() {
		this.process.destroyForcibly();
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		this.reader.join(TimeUnit.SECONDS.toMillis(10));
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
			}
		}
		catch (IOException ex) {
			this.output.add(ex.toString());
		}
	}

}
