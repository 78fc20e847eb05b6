package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A certificate for 127.0.0.1, made as the document says.
 */
final class Certificate {

	private static final List<String> STORE = List.of("-alias", "lines", "-storepass", "secret", "-keystore",
			"lines.p12");

	private final Path folder;

	private Certificate(Path folder) {
		this.folder = folder;
	}

	static Certificate in(Path folder) throws IOException, InterruptedException {
		Certificate certificate = new Certificate(folder);
		certificate.keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1",
				"-validity", "1", "-storetype", "PKCS12");
		certificate.keytool("-exportcert", "-rfc", "-file", "lines.crt");
		return certificate;
	}

	/**
	 * Return a context that shows this certificate, and trusts no other one.
	 */
	SSLContext context() {
		JksSslStoreDetails store = new JksSslStoreDetails("PKCS12", null, "file:" + this.folder.resolve("lines.p12"),
				"secret");
		return SslBundle.of(new JksSslStoreBundle(store, store)).createSslContext();
	}

	private void keytool(String... arguments) throws IOException, InterruptedException {
		String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		List<String> command = Stream.of(List.of(keytool), List.of(arguments), STORE).flatMap(List::stream).toList();
		Process process = new ProcessBuilder(command).directory(this.folder.toFile()).inheritIO().start();
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isZero();
	}

}
