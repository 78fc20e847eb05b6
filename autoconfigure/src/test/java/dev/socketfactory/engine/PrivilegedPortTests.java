package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a port that only root may bind, in a process that is not root.
 */
@EnabledOnOs(OS.LINUX)
@EnabledIf("isPortOnePrivileged")
class PrivilegedPortTests {

	@Test
	@DisplayName("Case 6: a privileged port without permission")
	void whenPortIsPrivilegedThenFails() throws Exception {
		// Keeps the user, so that the files of the build can be read, and drops the power
		List<String> before = isRoot()
				? List.of("setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service")
				: Collections.emptyList();
		try (ChildProcess child = ChildProcess.start(before, PrivilegedPort.class)) {
			assertThat(child.next()).isEqualTo("FAILED bind EACCES 127.0.0.1:1: Permission denied");
		}
	}

	static boolean isPortOnePrivileged() throws IOException {
		Path first = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
		boolean privileged = !Files.exists(first) || !Files.readAllLines(first).get(0).strip().matches("[01]");
		return privileged && (!isRoot() || Files.exists(Path.of("/usr/bin/setpriv")));
	}

	private static boolean isRoot() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.anyMatch((line) -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
	}

}
