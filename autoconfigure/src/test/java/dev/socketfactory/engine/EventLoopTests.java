package dev.socketfactory.engine;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventLoop}.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class EventLoopTests {

	private final EventLoop loop;

	private final List<String> log = new CopyOnWriteArrayList<>();

	EventLoopTests() throws Exception {
		this.loop = new EventLoop("socket-factory-test");
	}

	@AfterEach
	void closeLoop() {
		this.loop.close();
	}

	@Test
	void whenTasksAreGivenThenTheyRunInOrderOnTheLoop() {
		for (int i = 0; i < 5; i++) {
			String text = "task " + i;
			this.loop.execute(() -> this.log.add(text + this.loop.inLoop()));
		}
		Await.await().until(() -> this.log.size() == 5);
		assertThat(this.log).containsExactly("task 0true", "task 1true", "task 2true", "task 3true", "task 4true");
		assertThat(this.loop.inLoop()).isFalse();
	}

	@Test
	void whenATaskOrATimerThrowsThenTheLoopGoesOn(CapturedOutput output) {
		this.loop.execute(() -> {
			throw new StackOverflowError("task");
		});
		this.loop.schedule(Duration.ZERO, () -> {
			throw new IllegalStateException("timer");
		});
		this.loop.schedule(Duration.ofMillis(10), () -> this.log.add("later"));
		Await.await().until(() -> this.log.contains("later"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("Event loop: a task failed, going on")))
			.isNotEmpty()
			.allMatch((line) -> line.contains(SocketFactories.class.getName()));
	}

	@Test
	void whenATimerIsAddedWhileSelectingForLongerThenItRunsInTime() {
		this.loop.schedule(Duration.ofHours(1), () -> this.log.add("never"));
		this.loop.schedule(Duration.ofMillis(5), () -> this.log.add("soon"));
		Await.await().atMost(Duration.ofSeconds(5)).until(() -> this.log.contains("soon"));
	}

	@Test
	void whenSomebodyInterruptsTheLoopWhileItWaitsThenItDoesNotSpin() throws Exception {
		Thread[] thread = new Thread[1];
		CountDownLatch begun = new CountDownLatch(1);
		this.loop.execute(() -> {
			thread[0] = Thread.currentThread();
			begun.countDown();
		});
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		Await.await().until(() -> thread[0].getState() == Thread.State.RUNNABLE);
		long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread[0].getId());
		thread[0].interrupt();
		Await.during(500, () -> assertThat(this.log).isEmpty());
		long cpu = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread[0].getId()) - before;
		assertThat(Duration.ofNanos(cpu)).isLessThan(Duration.ofMillis(250));
	}

	@Test
	void whenATaskAddsItselfForEverThenTimersAndOthersHaveTheirTurn() {
		AtomicBoolean over = new AtomicBoolean();
		this.loop.execute(new Runnable() {

			@Override
			public void run() {
				if (!over.get()) {
					EventLoopTests.this.loop.execute(this);
				}
			}

		});
		this.loop.schedule(Duration.ofMillis(5), () -> this.log.add("timer"));
		Await.await().until(() -> this.log.contains("timer"));
		over.set(true);
	}

	@Test
	void whenAHandlerLeavesItsThreadInterruptedThenTheLoopDoesNotSpin() throws Exception {
		long[] cpu = new long[2];
		this.loop.execute(() -> Thread.currentThread().interrupt());
		this.loop.execute(() -> cpu[0] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
		CountDownLatch done = new CountDownLatch(1);
		this.loop.schedule(Duration.ofSeconds(1), () -> {
			cpu[1] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
			this.log.add("interrupted " + Thread.currentThread().isInterrupted());
			done.countDown();
		});
		assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(Duration.ofNanos(cpu[1] - cpu[0])).isLessThan(Duration.ofMillis(100));
		assertThat(this.log).containsExactly("interrupted false");
	}

	@Test
	void whenFlushedWhileSelectingThenReturnsAtOnce() throws Exception {
		long begin = System.nanoTime();
		for (int i = 0; i < 100; i++) {
			this.loop.flush();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void whenFlushedDuringAHandlerThenDoesNotWaitForIt() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		this.loop.execute(() -> {
			running.countDown();
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				this.log.add("interrupted");
			}
		});
		running.await();
		this.loop.flush();
		end.countDown();
		this.loop.close();
		this.loop.flush();
		assertThat(this.log).isEmpty();
	}

}
