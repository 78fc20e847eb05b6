package dev.socketfactory.engine;

import java.nio.file.Path;

import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the modules of the JDK that tell of its system may be missing, as they are
 * in a runtime image which jlink has made of those that Spring needs.
 */
@Timeout(60)
class RuntimeImageTests {

	private static final String NEEDED = "java.base,java.logging,java.naming,java.desktop,java.xml,java.sql";

	@TempDir
	private Path directory;

	@Test
	void connectionsAreServedWithoutModulesOfTheSystem() throws Exception {
		assertThat(run(NEEDED))
			.isEqualTo("tcp: peer unknown, unix: peer unknown, users: this Java runtime does not tell who a peer is");
	}

	@Test
	void peersAreKnownWithTheirModule() throws Exception {
		assertThat(run(NEEDED + ",jdk.net,jdk.management"))
			.isEqualTo("tcp: peer unknown, unix: peer known, users: peer known");
	}

	private String run(String modules) throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(RuntimeImageProcess.class, "--limit-modules", modules,
				"-Ddirectory=" + this.directory)) {
			return child.next();
		}
	}

}
