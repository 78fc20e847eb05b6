package dev.socketfactory.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for SSL bundles that are reloaded while clients connect.
 */
@ExtendWith(LeakCheck.class)
class TlsReloadTests {

	private static final int CONNECTIONS_A_SECOND = 50;

	@TempDir
	private static Path directory;

	private final List<BigInteger> serials = new CopyOnWriteArrayList<>();

	private final List<Exception> failures = new CopyOnWriteArrayList<>();

	@Test
	void whenABundleIsExchangedWhileClientsConnectThenNoneFailsAndNewOnesHaveTheNewCertificate() throws Exception {
		Certificates certificates = Certificates.in(directory)
			.issue("server", "DNS:localhost")
			.issue("next", "DNS:localhost");
		SSLContext trusting = certificates.tls(null).context();
		ScheduledExecutorService clients = Executors.newScheduledThreadPool(4);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class, SslAutoConfiguration.class))
			.withBean(Lines.class)
			.withPropertyValues("socket-factory.listeners.lines.bind=127.0.0.1:0",
					"socket-factory.listeners.lines.ssl.bundle=server",
					"spring.ssl.bundle.pem.server.reload-on-update=true",
					"spring.ssl.bundle.pem.server.keystore.certificate=" + certificates.path("server.crt"),
					"spring.ssl.bundle.pem.server.keystore.private-key=" + certificates.path("server.key"),
					"spring.ssl.bundle.watch.file.quiet-period=200ms")
			.run((context) -> {
				SocketFactory listener = context.getBean(SocketFactories.class).get("lines");
				InetSocketAddress address = (InetSocketAddress) Objects.requireNonNull(listener.getLocalAddress());
				CountDownLatch reloaded = new CountDownLatch(1);
				// After that of the listener, so that it has the new one then
				context.getBean(SslBundles.class).addBundleUpdateHandler("server", (bundle) -> reloaded.countDown());
				clients.scheduleAtFixedRate(() -> connect(trusting, address), 0,
						TimeUnit.SECONDS.toMicros(1) / CONNECTIONS_A_SECOND, TimeUnit.MICROSECONDS);
				awaitConnections(CONNECTIONS_A_SECOND / 2);
				assertThat(this.serials.stream().distinct()).hasSize(1);
				replace(certificates, "next.key", "server.key");
				replace(certificates, "next.crt", "server.crt");
				Await.latch(reloaded);
				// Those that had begun before may have the old one
				awaitConnections(this.serials.size() + 4);
				int before = this.serials.size();
				awaitConnections(before + CONNECTIONS_A_SECOND / 2);
				assertThat(this.serials.subList(before, this.serials.size()).stream().distinct()).hasSize(1)
					.doesNotContain(this.serials.get(0));
				Parallel.end(clients);
				assertThat(this.failures).isEmpty();
			});
	}

	private void awaitConnections(int count) {
		Await.await()
			.untilAsserted(
					() -> assertThat(this.serials).as(this.failures::toString).hasSizeGreaterThanOrEqualTo(count));
	}

	private static void replace(Certificates certificates, String from, String to) throws IOException {
		Files.copy(certificates.path(from), certificates.path(to), StandardCopyOption.REPLACE_EXISTING);
	}

	private void connect(SSLContext context, InetSocketAddress address) {
		try (Socket bare = new Socket(address.getAddress(), address.getPort());
				SSLSocket client = (SSLSocket) context.getSocketFactory()
					.createSocket(bare, "localhost", address.getPort(), true)) {
			client.setSoTimeout(10_000);
			client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(client.getInputStream().readNBytes(6)).asString(StandardCharsets.US_ASCII).isEqualTo("hello\n");
			this.serials.add(((X509Certificate) client.getSession().getPeerCertificates()[0]).getSerialNumber());
		}
		catch (IOException | RuntimeException ex) {
			this.failures.add(ex);
		}
	}

	static class Lines {

		@SocketEventListener("lines")
		void serve(SocketConnection client) throws IOException {
			BufferedReader in = client.reader();
			Writer out = client.writer();
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				out.write(line + "\n");
				out.flush();
			}
		}

	}

}
