package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.SocketFactories;

/**
 * One thread with one selector that runs all factories: ready channels, timers and tasks.
 * Nothing that a handler or a task throws ends it.
 */
final class EventLoop implements Executor, AutoCloseable {

	private static final SafeLog logger = new SafeLog(SocketFactories.class);

	private static final long PAUSE_AFTER_ERROR_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final Duration LONG_TURN = Duration.ofSeconds(1);

	private static final SelectionKey[] NO_KEYS = {};

	private final Selector selector;

	private final Thread thread;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Timers timers = new Timers();

	/**
	 * Used by the loop's thread only.
	 */
	private List<Runnable> afterSelect = new ArrayList<>();

	/**
	 * Held while selecting. Fair, so that a thread in {@link #flush()} is next.
	 */
	private final ReentrantLock selectLock = new ReentrantLock(true);

	private final AtomicInteger flushing = new AtomicInteger();

	private volatile boolean closed;

	/**
	 * Start a loop.
	 * @param name name of its thread, which is a daemon
	 * @throws IOException if there is no descriptor for a selector
	 */
	EventLoop(String name) throws IOException {
		this.selector = Selector.open();
		this.thread = new Thread(this::run, name);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Run a task on the loop's thread, after what is running there now.
	 * @param task what to run
	 */
	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (!inLoop()) {
			this.selector.wakeup();
		}
	}

	/**
	 * Run a task on the loop's thread, later. Callable from any thread.
	 * @param delay how long to wait
	 * @param task what to run
	 * @return the timer, with which the task can be cancelled
	 */
	Timers.Timer schedule(Duration delay, Runnable task) {
		Timers.Timer timer = this.timers.add(delay, task);
		if (!inLoop()) {
			this.selector.wakeup();
		}
		return timer;
	}

	/**
	 * Run a task when the loop has selected next, so that channels whose interest has
	 * been cancelled are not registered any more: one select serves all that wait for it.
	 * Callable from the loop's thread only.
	 * @param task what to run
	 */
	void afterSelect(Runnable task) {
		this.afterSelect.add(task);
	}

	/**
	 * Return the loop's thread.
	 */
	Thread getThread() {
		return this.thread;
	}

	/**
	 * Return whether the calling thread is the loop's.
	 * @return whether it is
	 */
	boolean inLoop() {
		return Thread.currentThread() == this.thread;
	}

	/**
	 * Register a channel with no interest yet.
	 * @param channel a channel in non-blocking mode
	 * @param handler what to run on the loop's thread when the channel is ready
	 * @return the key, whose interest may be set from any thread
	 * @throws IOException if the channel is closed
	 */
	Interest register(SelectableChannel channel, Runnable handler) throws IOException {
		return new Interest(channel.register(this.selector, 0, handler), this.selector);
	}

	/**
	 * Let go of channels that have been closed. The system releases the descriptor of a
	 * registered channel, and with it the port, only after the selector has dropped its
	 * key; this does it at once, from any thread, without waiting for a handler.
	 * @throws IOException if selecting fails
	 */
	void flush() throws IOException {
		this.flushing.incrementAndGet();
		try {
			this.selector.wakeup();
			this.selectLock.lock();
			try {
				this.selector.selectNow();
			}
			finally {
				this.selectLock.unlock();
			}
		}
		catch (ClosedSelectorException ex) {
			// A closed selector has dropped all keys
		}
		finally {
			this.flushing.decrementAndGet();
		}
	}

	/**
	 * Like {@link #flush()}; if selecting fails the loop will do it a moment later.
	 */
	void flushQuietly() {
		try {
			flush();
		}
		catch (IOException ex) {
			logger.debug("Closed channels are released a moment later", ex);
		}
	}

	/**
	 * End the loop. Tasks and timers that are left do not run.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.selector.wakeup();
		if (!inLoop() && !Shutdown.isExiting(this.thread)) {
			joinThread();
		}
	}

	private void joinThread() {
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(1));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		while (!this.closed) {
			try {
				SelectionKey[] ready = select();
				long begin = System.nanoTime();
				runAfterSelect();
				for (SelectionKey key : ready) {
					handle(key);
				}
				runTasks();
				this.timers.runDue(this::runGuarded);
				warnOfLongTurn(Duration.ofNanos(System.nanoTime() - begin));
			}
			catch (Throwable ex) {
				report("selecting", ex);
				LockSupport.parkNanos(PAUSE_AFTER_ERROR_NANOS);
			}
		}
		closeSelector();
	}

	/**
	 * Wait for ready keys. They are copied, because another thread that flushes may
	 * change the selector's own set while handlers run.
	 */
	private SelectionKey[] select() throws IOException {
		// An interrupt that was meant for a handler may arrive late
		Thread.interrupted();
		this.selectLock.lock();
		try {
			if (this.flushing.get() > 0 || !this.tasks.isEmpty() || !this.afterSelect.isEmpty()) {
				this.selector.selectNow();
			}
			else {
				selectUntilNextTimer();
			}
			if (this.selector.selectedKeys().isEmpty()) {
				return NO_KEYS;
			}
			SelectionKey[] ready = this.selector.selectedKeys().toArray(NO_KEYS);
			this.selector.selectedKeys().clear();
			return ready;
		}
		finally {
			this.selectLock.unlock();
		}
	}

	private void selectUntilNextTimer() throws IOException {
		long millis = this.timers.millisUntilNext();
		if (millis == 0) {
			this.selector.selectNow();
		}
		else {
			this.selector.select((millis == Timers.NEVER) ? 0 : millis);
		}
	}

	private void handle(SelectionKey key) {
		if (key.isValid() && key.attachment() instanceof Runnable handler) {
			if (!runGuarded(handler)) {
				// Its channel is still ready, and what is wrong will hardly be over at
				// once
				LockSupport.parkNanos(PAUSE_AFTER_ERROR_NANOS);
			}
		}
	}

	private void runAfterSelect() {
		if (!this.afterSelect.isEmpty()) {
			List<Runnable> selected = this.afterSelect;
			this.afterSelect = new ArrayList<>();
			selected.forEach(this::runGuarded);
		}
	}

	/**
	 * Run the tasks that are there now: one that adds itself anew must not keep the
	 * channels and timers of others waiting.
	 */
	private void runTasks() {
		int count = this.tasks.size();
		for (int i = 0; i < count; i++) {
			Runnable task = this.tasks.poll();
			if (task != null) {
				runGuarded(task);
			}
		}
	}

	private boolean runGuarded(Runnable task) {
		try {
			task.run();
			return true;
		}
		catch (Throwable ex) {
			report("a task", ex);
			return false;
		}
		finally {
			// A thread that a handler has left interrupted would never wait in a select
			Thread.interrupted();
		}
	}

	private static void warnOfLongTurn(Duration time) {
		if (time.compareTo(LONG_TURN) >= 0) {
			logger.warn(
					"Event loop: nothing was accepted or connected for %d ms, most likely because a handler with dispatch: inline has blocked; give it dispatch: executor"
						.formatted(time.toMillis()));
		}
	}

	private void report(String what, Throwable failure) {
		logger.error("Event loop: %s failed, going on".formatted(what), failure);
	}

	private void closeSelector() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			report("closing", ex);
		}
	}

	/**
	 * What the loop waits for on one channel.
	 */
	static final class Interest {

		private final SelectionKey key;

		private final Selector selector;

		private Interest(SelectionKey key, Selector selector) {
			this.key = key;
			this.selector = selector;
		}

		/**
		 * Wait for some operations, from now on. Callable from any thread, unless the
		 * interest may be cancelled at the same time.
		 * @param operations a set of operations of {@link SelectionKey}, {@code 0} for
		 * none
		 */
		void set(int operations) {
			SelectionKey current = this.key;
			if (current.isValid() && current.interestOps() != operations) {
				current.interestOps(operations);
				this.selector.wakeup();
			}
		}

		/**
		 * Wait for nothing any more.
		 */
		void cancel() {
			this.key.cancel();
		}

	}

}
