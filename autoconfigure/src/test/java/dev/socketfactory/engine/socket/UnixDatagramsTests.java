package dev.socketfactory.engine.socket;

import java.io.File;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketSpec;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnixDatagrams}.
 */
class UnixDatagramsTests {

	@Test
	void whenJunixsocketIsThereTheyCanBeMade() {
		assertThat(new Attempt().get()).isEqualTo("can be made");
	}

	@Test
	void whenJunixsocketIsMissingRefusedWithTheDependencyToAdd() throws Exception {
		URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("junixsocket"))
			.map(UnixDatagramsTests::url)
			.toArray(URL[]::new);
		try (URLClassLoader without = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Supplier<?> attempt = (Supplier<?>) without.loadClass(Attempt.class.getName())
				.getConstructor()
				.newInstance();
			assertThat(attempt.get())
				.isEqualTo("listener 'log': type 'SOCK_DGRAM': the JDK has no UNIX datagram sockets. Add the dependency"
						+ " com.kohlschutter.junixsocket:junixsocket-core (type pom), or write SOCK_STREAM.");
		}
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Prepares a UNIX datagram socket.
	 */
	public static class Attempt implements Supplier<String> {

		@Override
		public String get() {
			try {
				SocketOptions
					.of(SocketSpec.listener("log").domain("AF_UNIX").type("SOCK_DGRAM").bind("log.sock").build());
				return "can be made";
			}
			catch (InvalidSocketSpecException ex) {
				return ex.getMessage();
			}
		}

	}

}
