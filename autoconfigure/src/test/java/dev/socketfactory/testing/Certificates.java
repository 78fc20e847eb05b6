package dev.socketfactory.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.engine.admission.TlsBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Certificates of a certification authority of one test, made by openssl(1).
 */
public final class Certificates {

	private final Path directory;

	private Certificates(Path directory) {
		this.directory = directory;
	}

	/**
	 * Make an authority. The test is skipped where openssl is not installed.
	 */
	public static Certificates in(Path directory) throws Exception {
		assumeThat(isInstalled("openssl")).as("openssl is installed").isTrue();
		Certificates certificates = new Certificates(directory);
		certificates.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
				"-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "30", "-subj", "/CN=Test CA");
		return certificates;
	}

	/**
	 * Issue a certificate.
	 * @param name name of its files, and its common name
	 * @param names its alternative names, such as {@code DNS:localhost}
	 */
	public Certificates issue(String name, String names) throws Exception {
		return issue(name, names, "-days", "30");
	}

	/**
	 * Issue a certificate that has expired.
	 */
	public Certificates issueExpired(String name, String names) throws Exception {
		return issue(name, names, "-days", "-1");
	}

	/**
	 * Make a certificate that nobody trusts.
	 */
	public Certificates selfSigned(String name) throws Exception {
		run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
				name + ".key", "-out", name + ".crt", "-days", "30", "-subj", "/CN=" + name, "-addext",
				"subjectAltName=DNS:localhost");
		return this;
	}

	private Certificates issue(String name, String names, String... validity) throws Exception {
		run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
				name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name);
		Files.writeString(path(name + ".ext"), "subjectAltName=" + names);
		List<String> command = new ArrayList<>(List.of("openssl", "x509", "-req", "-in", name + ".csr", "-CA", "ca.crt",
				"-CAkey", "ca.key", "-CAcreateserial", "-out", name + ".crt", "-extfile", name + ".ext"));
		command.addAll(List.of(validity));
		run(command.toArray(String[]::new));
		return this;
	}

	public Path path(String file) {
		return this.directory.resolve(file);
	}

	/**
	 * Return a bundle with a certificate and the trust in the authority.
	 * @param name name of the certificate, {@code null} for none
	 */
	public SslBundle bundle(@Nullable String name) {
		PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(path("ca.crt").toUri().toString());
		PemSslStoreDetails key = (name != null)
				? PemSslStoreDetails.forCertificate(path(name + ".crt").toUri().toString())
					.withPrivateKey(path(name + ".key").toUri().toString())
				: null;
		return SslBundle.of(new PemSslStoreBundle(key, trust));
	}

	public TlsBundle tls(@Nullable String name) {
		return new TlsBundle(bundle(name).createSslContext(), null, null);
	}

	private void run(String... command) throws IOException, InterruptedException {
		Path log = path("openssl.log");
		Process process = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(() -> read(log)).isZero();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * Return whether there is a command.
	 */
	public static boolean isInstalled(String command) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, command)));
	}

}
