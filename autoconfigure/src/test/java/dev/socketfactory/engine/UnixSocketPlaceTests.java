package dev.socketfactory.engine;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests that a UNIX socket is bound under its own name and nothing else is made beside
 * it, as other programs on the machine see it.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixSocketPlaceTests {

	private static final Path TMPFILES = Path.of("/usr/bin/systemd-tmpfiles");

	@TempDir
	Path directory;

	@RegisterExtension
	final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM,", "SOCK_STREAM, 0660", "SOCK_DGRAM,", "SOCK_DGRAM, 0660" })
	void whenOpenThenTheSystemKnowsItByItsOwnName(SocketType type, @Nullable String mode) throws IOException {
		open(type, path(), mode);
		try (Stream<String> rows = Files.lines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
			assertThat(rows.filter((row) -> row.contains(this.directory.toString()))).singleElement()
				.asString()
				.endsWith(" " + path());
		}
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM,", "SOCK_STREAM, 0660", "SOCK_DGRAM, 0660" })
	void whenTemporaryFilesAreCleanedThenTheFileOfAnOpenSocketStays(SocketType type, @Nullable String mode)
			throws Exception {
		assumeThat(TMPFILES).as("systemd-tmpfiles is installed").isExecutable();
		Path configuration = Files.writeString(this.directory.resolve("clean.conf"),
				"d %s - - - 1s".formatted(Files.createDirectory(this.directory.resolve("d"))));
		Path socket = this.directory.resolve("d/s");
		Path other = Files.createFile(this.directory.resolve("d/other"));
		open(type, socket, mode);
		Instant old = Instant.now().plus(Duration.ofMillis(1500));
		Await.await().until(() -> Instant.now().isAfter(old));
		assertThat(run(TMPFILES.toString(), "--clean", configuration.toString())).isZero();
		assertThat(other).as("has been cleaned away").doesNotExist();
		assertThat(socket).exists();
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM,", "SOCK_STREAM, 0660", "SOCK_STREAM, 0400", "SOCK_DGRAM,", "SOCK_DGRAM, 0660" })
	void whenTheFileSystemIsFullThenOpensAndLeavesNothing(SocketType type, @Nullable String mode) throws Exception {
		try (TemporaryFileSystem full = TemporaryFileSystem.mount(this.directory, "size=4k")) {
			Files.write(full.path().resolve("full"), new byte[4096]);
			ManagedSocketFactory factory = open(type, full.path().resolve("s"), mode);
			full.assertHas("full", "s");
			factory.stop();
			full.assertHas("full");
		}
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM,", "SOCK_STREAM, 0660", "SOCK_DGRAM,", "SOCK_DGRAM, 0660" })
	void whenTheFileSystemTakesNoFilesThenFailsAndLeavesNothing(SocketType type, @Nullable String mode)
			throws Exception {
		try (TemporaryFileSystem full = TemporaryFileSystem.mount(this.directory, "nr_inodes=2")) {
			Files.createFile(full.path().resolve("last"));
			Path socket = full.path().resolve("s");
			this.recorder.assertFailed(this.recorder.open(spec(type, socket, mode)), "bind", "ENOSPC",
					socket + ": No space left on device");
			full.assertHas("last");
		}
	}

	@Test
	void whenOpenedAndStoppedThenNothingElseWasInTheDirectory() throws Exception {
		ManagedSocketFactory factory = open(SocketType.SOCK_STREAM, path(), "0600");
		assertThat(this.directory.toFile().list()).containsExactly("s");
		SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
		factory.stop();
		assertThat(this.directory).isEmptyDirectory();
	}

	private ManagedSocketFactory open(SocketType type, Path path, @Nullable String mode) {
		return this.recorder.open(spec(type, path, mode),
				(type == SocketType.SOCK_STREAM) ? SocketState.LISTENING : SocketState.OPEN);
	}

	private static SocketSpecBuilder spec(SocketType type, Path path, @Nullable String mode) {
		return SocketSpec.listener("test")
			.domain(SocketDomain.AF_UNIX)
			.type(type)
			.bind(path.toString())
			.reuse(true)
			.unixMode(mode);
	}

	private Path path() {
		return this.directory.resolve("s");
	}

	private static int run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).inheritIO().start();
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	/**
	 * A file system with room for little, which only root may mount.
	 */
	private record TemporaryFileSystem(Path path) implements AutoCloseable {

		static TemporaryFileSystem mount(Path directory, String options) throws IOException, InterruptedException {
			Path path = Files.createDirectory(directory.resolve("tmpfs"));
			List<String> command = new ArrayList<>(List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs"));
			command.add(path.toString());
			assumeThat(UnixSocketProcess.isRoot() && run(command.toArray(String[]::new)) == 0)
				.as("file systems can be mounted here")
				.isTrue();
			return new TemporaryFileSystem(path);
		}

		void assertHas(String... names) {
			assertThat(Arrays.asList(this.path.toFile().list())).containsExactlyInAnyOrder(names);
		}

		@Override
		public void close() throws IOException, InterruptedException {
			assertThat(run("umount", "-l", this.path.toString())).isZero();
		}

	}

}
