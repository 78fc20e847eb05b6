package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.UnixSocketProcess;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathLock} and {@link UnixSocketFile} on threads that are interrupted,
 * on which the channels of the JDK close themselves.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs({ OS.LINUX, OS.MAC })
class PathLockInterruptTests {

	@TempDir
	Path folder;

	@AfterEach
	void clearStatus() {
		Thread.interrupted();
	}

	@Test
	void whenInterruptedThenLockedAndNothingIsLeft() throws IOException {
		Thread.currentThread().interrupt();
		try (PathLock lock = PathLock.acquire(path())) {
			assertThat(this.folder).isDirectoryContaining((file) -> file.endsWith(".s.lock"));
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenNotInterruptedThenStatusStaysClear() throws IOException {
		PathLock.acquire(path()).close();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void whenInterruptedAgainAndAgainThenLockedAndNothingIsLeft() throws Exception {
		AtomicInteger rounds = new AtomicInteger();
		Thread locker = new Thread(() -> {
			while (rounds.get() < 300 && isLockedAndReleased()) {
				rounds.incrementAndGet();
			}
		});
		locker.start();
		while (locker.isAlive()) {
			locker.interrupt();
			LockSupport.parkNanos(50_000);
		}
		assertThat(rounds).hasValue(300);
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenInterruptedWhileOtherProcessHoldsItThenWaitsForIt() throws Exception {
		try (UnixSocketProcess other = UnixSocketProcess.start("hold-lock", path().toString())) {
			assertThat(other.next()).isEqualTo("locked");
			AtomicBoolean locked = new AtomicBoolean();
			AtomicBoolean interrupted = new AtomicBoolean();
			Thread locker = new Thread(() -> {
				locked.set(isLockedAndReleased());
				interrupted.set(Thread.currentThread().isInterrupted());
			});
			locker.start();
			Await.during(100, () -> assertThat(locked).isFalse());
			locker.interrupt();
			Await.during(100, () -> assertThat(locked).isFalse());
			other.close();
			locker.join();
			assertThat(locked).isTrue();
			assertThat(interrupted).isTrue();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenInterruptedThenBoundAndNothingElseIsLeft(boolean stale, @Nullable String mode) throws IOException {
		if (stale) {
			ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path())).close();
		}
		Thread.currentThread().interrupt();
		try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			UnixSocketFile file = UnixSocketFile.bind(path(), true, mode,
					(bound) -> listener.bind(UnixDomainSocketAddress.of(bound)));
			assertThat(Thread.interrupted()).isTrue();
			assertThat(this.folder).isDirectoryNotContaining((other) -> !other.equals(path()));
			file.delete();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@ParameterizedTest
	@EnumSource(SocketType.class)
	@DisplayName("A factory that is started by an interrupted thread opens its socket")
	void whenStartedOnInterruptedThreadThenOpen(SocketType type) throws Exception {
		try (EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR)) {
			Thread.currentThread().interrupt();
			ManagedSocketFactory factory = recorder.open(SocketSpec.listener("test")
				.domain(SocketDomain.AF_UNIX)
				.type(type)
				.bind(path().toString())
				.reuse(true));
			assertThat(Thread.interrupted()).isTrue();
			recorder.awaitState(factory, (type == SocketType.SOCK_STREAM) ? SocketState.LISTENING : SocketState.OPEN);
			assertThat(this.folder).isDirectoryNotContaining((other) -> !other.equals(path()));
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	private boolean isLockedAndReleased() {
		try {
			PathLock.acquire(path()).close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Path path() {
		return this.folder.resolve("s");
	}

}
