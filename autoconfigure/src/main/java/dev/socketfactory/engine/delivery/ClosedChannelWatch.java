package dev.socketfactory.engine.delivery;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import org.jspecify.annotations.Nullable;

/**
 * Looks for channels of one factory that have been closed, as long as it has any: nothing
 * tells when somebody to whom a handler has handed its channel on closes that. The looks
 * of all factories fall together, so that they wake the event loop up once. Safe for use
 * by any thread.
 *
 * @since 0.1.0
 */
public final class ClosedChannelWatch {

	/**
	 * While nobody waits: for what is counted and measured.
	 */
	static final Duration UNHURRIED = Duration.ofSeconds(1);

	/**
	 * While somebody waits, but all channels still have their handlers, whose return is
	 * seen at once: for a channel that is closed long before its handler returns.
	 */
	static final Duration ATTENDED = Duration.ofMillis(50);

	/**
	 * While somebody waits.
	 */
	static final Duration HURRIED = Duration.ofMillis(10);

	private final EventLoop loop;

	private final ChannelTable channels;

	private final BooleanSupplier awaited;

	private final Runnable looked;

	private final Runnable look = this::look;

	private volatile Timers.@Nullable Timer timer;

	/**
	 * Guarded by this object.
	 */
	private long dueNanos;

	/**
	 * Create a watch.
	 * @param loop where to look
	 * @param channels the channels
	 * @param awaited whether somebody waits for a channel to be closed
	 * @param looked what to do after a look while somebody waits
	 */
	public ClosedChannelWatch(EventLoop loop, ChannelTable channels, BooleanSupplier awaited, Runnable looked) {
		this.loop = loop;
		this.channels = channels;
		this.awaited = awaited;
		this.looked = looked;
	}

	/**
	 * Begin to look because there is a channel.
	 */
	public void begin() {
		if (this.timer == null || this.awaited.getAsBoolean()) {
			hurry();
		}
	}

	/**
	 * Look sooner if there is a reason to: somebody waits, or a channel has lost its
	 * handlers.
	 */
	public synchronized void hurry() {
		if (this.channels.size() == 0) {
			return;
		}
		long now = System.nanoTime();
		long due = nextTick(now, interval().toNanos());
		Timers.Timer current = this.timer;
		if (current == null || due - this.dueNanos < 0) {
			cancel();
			this.dueNanos = due;
			this.timer = this.loop.schedule(Duration.ofNanos(due - now), this.look);
		}
	}

	private Duration interval() {
		if (!this.awaited.getAsBoolean()) {
			return UNHURRIED;
		}
		return this.channels.hasUnattended() ? HURRIED : ATTENDED;
	}

	private static long nextTick(long now, long interval) {
		return now + interval - Math.floorMod(now, interval);
	}

	/**
	 * Forget the timer, under the lock under which it is made: one that is due at once
	 * may run before whoever makes it has remembered it, and one that runs may have been
	 * replaced already.
	 */
	private synchronized void cancel() {
		Timers.Timer current = this.timer;
		if (current != null) {
			current.cancel();
			this.timer = null;
		}
	}

	private void look() {
		cancel();
		try {
			this.channels.removeClosed();
			if (this.awaited.getAsBoolean()) {
				this.looked.run();
			}
		}
		finally {
			hurry();
		}
	}

}
