package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the mode that {@link UnixDatagrams} gives to socket files.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixDatagramGuardTests {

	private static final Set<PosixFilePermission> PERMISSIONS = PosixFilePermissions.fromString("-w-------");

	@TempDir
	Path folder;

	@Test
	@DisplayName("Until the file has its mode nobody can connect or send, not even whom it admits")
	void whenModeIsNotSetThenNobodyGetsThrough() throws IOException {
		AtomicInteger looks = new AtomicInteger();
		try (DatagramChannel channel = UnixDatagrams.open()) {
			UnixDatagrams.bind(channel, path(), permissions(() -> {
				assertThat(path()).exists();
				assertKeptAway((other) -> other.connect(UnixDatagrams.address(path())));
				assertKeptAway((other) -> other.send(ByteBuffer.allocate(1), UnixDatagrams.address(path())));
				looks.incrementAndGet();
			}));
			assertThat(looks).hasPositiveValue();
			assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PERMISSIONS);
			channel.configureBlocking(false);
			ByteBuffer buffer = ByteBuffer.allocate(10);
			channel.receive(buffer);
			assertThat(buffer.position()).isZero();
			send();
			channel.receive(buffer);
			assertThat(buffer.position()).isEqualTo(3);
		}
		Files.delete(path());
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenModeCannotBeSetThenNothingIsLeft() throws IOException {
		try (DatagramChannel channel = UnixDatagrams.open()) {
			assertThatIllegalStateException().isThrownBy(() -> UnixDatagrams.bind(channel, path(), permissions(() -> {
				throw new IllegalStateException("no");
			}))).withMessage("no");
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenPathIsInUseThenUntouched() throws IOException {
		try (DatagramChannel channel = UnixDatagrams.open(); DatagramChannel other = UnixDatagrams.open()) {
			UnixDatagrams.bind(channel, path(), PERMISSIONS);
			assertThatExceptionOfType(SocketException.class)
				.isThrownBy(() -> UnixDatagrams.bind(other, path(), PosixFilePermissions.fromString("rwx------")))
				.withMessageContaining("Address already in use");
			assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PERMISSIONS);
			send();
		}
		Files.delete(path());
	}

	@Test
	@DisplayName("A system that does not keep others away from a connected socket gets none with a mode")
	void whenOthersAreNotKeptAwayThenRefused() throws IOException {
		try (DatagramChannel channel = UnixDatagrams.open()) {
			channel.bind(UnixDatagrams.address(path()));
			assertThatIOException().isThrownBy(() -> UnixDatagrams.checkUnreachable(channel))
				.withMessage(
						"unix.mode of a datagram socket needs Linux, which keeps others away from a connected one");
		}
		Files.delete(path());
	}

	private void send() throws IOException {
		try (DatagramChannel other = UnixDatagrams.open()) {
			other.send(ByteBuffer.allocate(3), UnixDatagrams.address(path()));
		}
	}

	private Path path() {
		return this.folder.resolve("s");
	}

	private static void assertKeptAway(Attempt attempt) throws IOException {
		try (DatagramChannel other = UnixDatagrams.open()) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> attempt.make(other))
				.withMessageContaining("Operation not permitted");
		}
	}

	/**
	 * Return permissions that tell when somebody is about to set them.
	 */
	private static Set<PosixFilePermission> permissions(SystemCallException.Step step) {
		return new AbstractSet<>() {

			@Override
			public Iterator<PosixFilePermission> iterator() {
				try {
					step.run();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
				return PERMISSIONS.iterator();
			}

			@Override
			public int size() {
				return PERMISSIONS.size();
			}

		};
	}

	/**
	 * An attempt to reach the socket.
	 */
	private interface Attempt {

		void make(DatagramChannel other) throws IOException;

	}

}
