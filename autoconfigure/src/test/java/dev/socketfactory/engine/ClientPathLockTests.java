package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.LockContender;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a UNIX client whose own name is locked by somebody else.
 */
@ExtendWith(LeakCheck.class)
class ClientPathLockTests {

	private final ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR);

	private final CountDownLatch release = new CountDownLatch(1);

	@TempDir
	private Path folder;

	private Path name;

	private Path server;

	@BeforeEach
	void listen() {
		this.name = this.folder.resolve("client");
		this.server = this.folder.resolve("server");
		this.harness
			.startAny(SocketSpec.listener("server").domain(SocketDomain.AF_UNIX).bind(this.server.toString()).build());
	}

	@AfterEach
	void close() {
		this.release.countDown();
		this.harness.close();
	}

	@Test
	void whenItsNameIsLockedThenTimesOutInTimeAndTheEventLoopGoesOn() throws Exception {
		Future<?> holder = lock();
		ClientSocketFactory client = this.harness.start(client().connectTimeout(Duration.ofMillis(100)));
		assertThat(this.harness.awaitFailure(1).errnoName()).isEqualTo("ETIMEDOUT");
		CountDownLatch turn = new CountDownLatch(1);
		this.harness.getEngine().getLoop().execute(turn::countDown);
		assertThat(turn.await(2, TimeUnit.SECONDS)).isTrue();
		assertThat(holder.isDone()).as("the lock is still held").isFalse();
		this.release.countDown();
		holder.get(10, TimeUnit.SECONDS);
		client.stop();
		assertNothingIsLeft();
	}

	@Test
	void whenStoppedWhileItsNameIsLockedThenNothingIsOpenWhenStopHasReturned() throws Exception {
		Future<?> holder = lock();
		ClientSocketFactory client = this.harness.start(client());
		Await.await().until(ClientPathLockTests::isAnyoneWaitingForTheLock);
		Future<?> stop = this.harness.getThreads().submit(client::stop);
		Await.during(50, () -> assertThat(stop.isDone()).isFalse());
		this.release.countDown();
		stop.get(10, TimeUnit.SECONDS);
		assertThat(Files.exists(this.name)).isFalse();
		holder.get(10, TimeUnit.SECONDS);
		assertThat(client.getState()).isEqualTo(SocketState.STOPPED);
		assertNothingIsLeft();
		assertThat(this.harness.getSuccesses()).noneMatch((event) -> event.getFactoryName().equals("client"));
	}

	private SocketSpecBuilder client() {
		return SocketSpec.client("client")
			.domain(SocketDomain.AF_UNIX)
			.bind(this.name.toString())
			.remote(this.server.toString());
	}

	private static boolean isAnyoneWaitingForTheLock() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getName().startsWith("socket-factory-bind-"))
			.flatMap((entry) -> Stream.of(entry.getValue()))
			.anyMatch((frame) -> frame.getClassName().endsWith(".PathLock"));
	}

	private Future<?> lock() throws InterruptedException {
		CountDownLatch locked = new CountDownLatch(1);
		Future<?> holder = this.harness.getThreads().submit(() -> {
			LockContender.hold(this.name, () -> {
				locked.countDown();
				awaitRelease();
			});
			return null;
		});
		assertThat(locked.await(10, TimeUnit.SECONDS)).isTrue();
		return holder;
	}

	private void awaitRelease() {
		try {
			this.release.await(4, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void assertNothingIsLeft() throws IOException {
		Await.await().untilAsserted(() -> {
			try (Stream<Path> files = Files.list(this.folder)) {
				assertThat(files).containsExactly(this.server);
			}
		});
		this.harness.assertAllPlacesFree();
	}

}
