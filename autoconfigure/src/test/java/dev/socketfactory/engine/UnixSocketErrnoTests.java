package dev.socketfactory.engine;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is told of failures of UNIX and datagram sockets, in a process of its
 * own without privileges and in a given locale.
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class UnixSocketErrnoTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "C", "C.UTF-8" })
	void whenLocaleIsPosixThenErrnosAreRight(String locale) throws Exception {
		assertFailures(locale);
	}

	@ParameterizedTest
	@ValueSource(strings = { "de_DE.UTF-8", "de_DE.ISO-8859-1" })
	@EnabledIf("dev.socketfactory.engine.socket.ErrnoTableProcessTests#isGermanInstalled")
	void whenLocaleIsGermanThenErrnosAreRight(String locale) throws Exception {
		assertFailures(locale);
	}

	private void assertFailures(String locale) throws Exception {
		Map<String, String> expected = new LinkedHashMap<>();
		String inUse = Files.writeString(this.folder.resolve("file"), "").toString();
		String missing = this.folder + "/missing/s";
		String noFolder = inUse + "/s";
		String closed = this.folder + "/closed/s";
		Path closedFolder = Files.createDirectory(this.folder.resolve("closed"));
		Path loop = this.folder.resolve("loop");
		Files.createSymbolicLink(loop, loop);
		expectBindFailures(expected, inUse, "98|EADDRINUSE", "Address already in use");
		expectBindFailures(expected, missing, "2|ENOENT", "No such file or directory");
		expectBindFailures(expected, noFolder, "20|ENOTDIR", "Not a directory");
		expectBindFailures(expected, closed, "13|EACCES", "Permission denied");
		expectBindFailures(expected, loop + "/s", "40|ELOOP", "Too many levels of symbolic links");
		expectConnectFailures(expected, inUse, "111|ECONNREFUSED", "Connection refused");
		expectConnectFailures(expected, missing, "2|ENOENT", "No such file or directory");
		expectConnectFailures(expected, noFolder, "20|ENOTDIR", "Not a directory");
		expectConnectFailures(expected, closed, "13|EACCES", "Permission denied");
		expectConnectFailures(expected, loop.toString(), "40|ELOOP", "Too many levels of symbolic links");
		expect(expected, "listener domain=inet type=SOCK_DGRAM bind=192.0.2.1:0", "bind|99|EADDRNOTAVAIL",
				"192.0.2.1:0: Cannot assign requested address");
		expect(expected, "client domain=inet type=SOCK_DGRAM bind=192.0.2.1:0 remote=127.0.0.1:9",
				"bind|99|EADDRNOTAVAIL", "192.0.2.1:0: Cannot assign requested address");
		expect(expected, "client domain=inet type=SOCK_DGRAM remote=255.255.255.255:9", "connect|13|EACCES",
				"255.255.255.255:9: Permission denied");
		String full = this.folder.resolve("full").toString();
		expect(expected, "client remote=" + full, "connect|11|EAGAIN", full + ": Resource temporarily unavailable");
		expect(expected, "client type=SOCK_DGRAM remote=" + full, "connect|91|EPROTOTYPE",
				full + ": Protocol wrong type for socket");
		Files.setPosixFilePermissions(closedFolder, PosixFilePermissions.fromString("---------"));
		try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			busy.bind(UnixDomainSocketAddress.of(full), 1);
			connectAndForget(full);
			connectAndForget(full);
			run(locale, expected);
		}
		finally {
			Files.setPosixFilePermissions(closedFolder, PosixFilePermissions.fromString("rwx------"));
		}
		assertThat(closedFolder).isEmptyDirectory();
		assertThat(this.folder).isDirectoryNotContaining((file) -> file.getFileName().toString().startsWith("."));
	}

	private static void run(String locale, Map<String, String> expected) throws Exception {
		String[] arguments = new String[expected.size()];
		int count = 0;
		for (String socket : expected.keySet()) {
			arguments[count++] = socket;
		}
		try (UnixSocketProcess process = UnixSocketProcess.start(
				UnixSocketProcess.isRoot() ? UnixSocketProcess.WITHOUT_PRIVILEGES : Collections.emptyList(),
				Map.of("LC_ALL", locale), "", arguments)) {
			for (Map.Entry<String, String> entry : expected.entrySet()) {
				assertThat(process.next()).as(entry.getKey()).isEqualTo(entry.getValue());
			}
		}
	}

	private static void expectBindFailures(Map<String, String> expected, String path, String errno, String text) {
		for (String more : new String[] { "", " reuse=on", " mode=0600", " reuse=on mode=0600", " type=SOCK_DGRAM",
				" type=SOCK_DGRAM reuse=on" }) {
			expect(expected, "listener bind=" + path + more, "bind|" + errno, path + ": " + text);
		}
		expect(expected, "client remote=/nowhere bind=" + path, "bind|" + errno, path + ": " + text);
	}

	private static void expectConnectFailures(Map<String, String> expected, String path, String errno, String text) {
		expect(expected, "client remote=" + path, "connect|" + errno, path + ": " + text);
		expect(expected, "client type=SOCK_DGRAM remote=" + path, "connect|" + errno, path + ": " + text);
	}

	private static void expect(Map<String, String> expected, String socket, String failure, String message) {
		expected.put(socket, failure + "|" + message);
	}

	private static void connectAndForget(String path) throws IOException {
		SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
	}

}
