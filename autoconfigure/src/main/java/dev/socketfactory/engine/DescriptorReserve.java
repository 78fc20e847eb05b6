package dev.socketfactory.engine;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.UnixOperatingSystemMXBean;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Keeps descriptors of the process back from accepted connections, for whatever else the
 * application opens. The sockets of the factories are counted; what else is open is
 * looked up once a second beside the event loop, because that reads a directory. Safe for
 * use by any thread.
 */
final class DescriptorReserve {

	private static final Duration NEXT_LOOK = Duration.ofMillis(100);

	/**
	 * A runtime image may come without it, as the JDK of Windows does.
	 */
	private static final boolean SYSTEM_PRESENT = ClassUtils.isPresent("com.sun.management.UnixOperatingSystemMXBean",
			DescriptorReserve.class.getClassLoader());

	private final int reserve;

	private final Engine engine;

	private final @Nullable UnixOperatingSystemMXBean system;

	/**
	 * How many descriptors may be taken until there is only the reserve.
	 */
	private final AtomicLong free = new AtomicLong(Long.MAX_VALUE / 2);

	private final AtomicBoolean looking = new AtomicBoolean();

	/**
	 * Who waits for descriptors. Run when there are more again, on the event loop.
	 */
	private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable look = this::look;

	private final Runnable lookSoon = this::lookOffLoop;

	private final Runnable lookRegularly = this::lookRegularly;

	/**
	 * The next regular look. Guarded by this object.
	 */
	private Timers.@Nullable Timer timer;

	/**
	 * Create a reserve.
	 * @param reserve how many descriptors to keep back, 0 for none
	 * @param engine whose event loop and threads to use
	 */
	DescriptorReserve(int reserve, Engine engine) {
		this.reserve = reserve;
		this.engine = engine;
		this.system = (reserve > 0 && SYSTEM_PRESENT
				&& ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) ? unix
						: null;
		update();
	}

	/**
	 * Return how many descriptors may be taken until only the reserve is left.
	 * @return the number, which is lowered by whoever opens a socket and raised by
	 * whoever closes one
	 */
	AtomicLong getFree() {
		return this.free;
	}

	/**
	 * Look regularly, because something listens: what else the application opens and
	 * closes is to be known before a flood of clients comes.
	 */
	synchronized void watch() {
		if (this.system != null && this.timer == null) {
			scheduleLook();
		}
	}

	/**
	 * Do not look any more, because nothing listens.
	 */
	synchronized void unwatch() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	/**
	 * Run something once when there are more descriptors than the reserve.
	 * @param waiter run on the event loop
	 */
	void whenAvailable(Runnable waiter) {
		this.waiters.add(waiter);
		this.engine.getLoop().schedule(NEXT_LOOK, this.lookSoon);
	}

	private synchronized void scheduleLook() {
		if (this.timer != null) {
			this.timer.cancel();
		}
		this.timer = this.engine.getLoop().schedule(OpenSockets.untilNext(OpenSockets.LOOK), this.lookRegularly);
	}

	private void lookRegularly() {
		lookOffLoop();
		synchronized (this) {
			if (this.timer != null) {
				scheduleLook();
			}
		}
	}

	private void lookOffLoop() {
		if (this.looking.compareAndSet(false, true)) {
			this.engine.runBlocking(this.look);
		}
	}

	private void look() {
		try {
			update();
		}
		finally {
			this.looking.set(false);
			tellWaiters();
		}
	}

	private void update() {
		if (this.system == null) {
			return;
		}
		try {
			long before = this.free.get();
			long left = this.system.getMaxFileDescriptorCount() - this.system.getOpenFileDescriptorCount()
					- this.reserve;
			// What was opened meanwhile may not have been counted
			this.free.updateAndGet((now) -> left - Math.max(before - now, 0));
		}
		catch (Throwable ex) {
			// The JDK throws an Error when it has no descriptor to look with
			this.free.set(0);
		}
	}

	private void tellWaiters() {
		if (this.waiters.isEmpty()) {
			return;
		}
		if (this.free.get() <= 0) {
			this.engine.getLoop().schedule(NEXT_LOOK, this.lookSoon);
			return;
		}
		for (Runnable waiter : this.waiters) {
			if (this.waiters.remove(waiter)) {
				this.engine.getLoop().execute(waiter);
			}
		}
	}

}
