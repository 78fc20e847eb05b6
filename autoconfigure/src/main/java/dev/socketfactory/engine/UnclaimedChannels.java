package dev.socketfactory.engine;

import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Closes the channels of a factory that nobody has claimed some time after their event
 * was published.
 */
final class UnclaimedChannels {

	private static final Log logger = LogFactory.getLog(UnclaimedChannels.class);

	private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final EventLoop loop;

	private final Duration timeout;

	private final ChannelTable channels;

	private final Counters counters;

	/**
	 * In the order of their deadlines, because the timeout is the same for all.
	 */
	private final Deque<Waiting> queue = new ArrayDeque<>();

	private long lastWarningNanos = System.nanoTime() - WARNING_INTERVAL_NANOS;

	private long sinceWarning;

	UnclaimedChannels(EventLoop loop, Duration timeout, ChannelTable channels, Counters counters) {
		this.loop = loop;
		this.timeout = timeout;
		this.channels = channels;
		this.counters = counters;
	}

	void add(SocketSuccessEvent event, SelectableChannel channel, int slot) {
		Waiting waiting = new Waiting(event, channel, slot, System.nanoTime() + this.timeout.toNanos());
		synchronized (this.queue) {
			this.queue.add(waiting);
			if (this.queue.size() == 1) {
				this.loop.schedule(this.timeout, this::closeExpired);
			}
		}
	}

	/**
	 * Close all that wait, without a warning: nobody can want them any more.
	 */
	void closeAll() {
		List<Waiting> all;
		synchronized (this.queue) {
			all = new ArrayList<>(this.queue);
			this.queue.clear();
		}
		all.forEach((waiting) -> close(waiting, "the application was shut down"));
	}

	private void closeExpired() {
		for (Waiting waiting : pollExpired()) {
			if (close(waiting, "nobody had claimed it %s after it was published".formatted(text(this.timeout)))) {
				warn(waiting.event());
			}
		}
	}

	private List<Waiting> pollExpired() {
		List<Waiting> expired = new ArrayList<>();
		synchronized (this.queue) {
			long now = System.nanoTime();
			while (!this.queue.isEmpty() && this.queue.element().deadlineNanos() - now <= 0) {
				expired.add(this.queue.remove());
			}
			if (!this.queue.isEmpty()) {
				this.loop.schedule(Duration.ofNanos(this.queue.element().deadlineNanos() - now), this::closeExpired);
			}
		}
		return expired;
	}

	private boolean close(Waiting waiting, String reason) {
		if (!waiting.event().closeUnclaimed(reason)) {
			return false;
		}
		this.counters.channelUnclaimed();
		this.channels.removeIfClosed(waiting.slot(), waiting.channel());
		return true;
	}

	private void warn(SocketSuccessEvent event) {
		this.sinceWarning++;
		long now = System.nanoTime();
		if (now - this.lastWarningNanos < WARNING_INTERVAL_NANOS) {
			return;
		}
		logger.warn(
				"Closed %d channel(s) of '%s' because nobody had claimed them within %s: does an @EventListener call %s.claimChannel()?"
					.formatted(this.sinceWarning, event.getFactoryName(), text(this.timeout),
							event.getClass().getSimpleName()));
		this.lastWarningNanos = now;
		this.sinceWarning = 0;
	}

	static String text(Duration duration) {
		long millis = duration.toMillis();
		return (millis % 1000 == 0) ? (millis / 1000) + "s" : millis + "ms";
	}

	private record Waiting(SocketSuccessEvent event, SelectableChannel channel, int slot, long deadlineNanos) {

	}

}
