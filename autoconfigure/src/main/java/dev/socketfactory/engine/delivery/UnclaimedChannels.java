package dev.socketfactory.engine.delivery;

import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import dev.socketfactory.engine.meter.Counters;
import dev.socketfactory.engine.meter.LogThrottle;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Closes the channels of a factory that nobody has claimed some time after their event
 * was published.
 *
 * @since 0.1.0
 */
public final class UnclaimedChannels {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final EventLoop loop;

	private final Duration timeout;

	private final String timeoutText;

	private final LogThrottle throttle = new LogThrottle(Duration.ofMinutes(1), System::nanoTime);

	private final ChannelTable channels;

	private final Counters counters;

	/**
	 * In the order of their deadlines, because the timeout is the same for all.
	 */
	private final Deque<Waiting> queue = new ArrayDeque<>();

	/**
	 * Guarded by {@link #queue}.
	 */
	private Timers.@Nullable Timer timer;

	public UnclaimedChannels(EventLoop loop, Duration timeout, ChannelTable channels, Counters counters) {
		this.loop = loop;
		this.timeout = timeout;
		this.timeoutText = DurationFormatterUtils.print(timeout, DurationFormat.Style.COMPOSITE);
		this.channels = channels;
		this.counters = counters;
	}

	void add(SocketSuccessEvent event, SelectableChannel channel, int slot) {
		Waiting waiting = new Waiting(event, channel, slot, System.nanoTime() + this.timeout.toNanos());
		synchronized (this.queue) {
			this.queue.add(waiting);
			if (this.timer == null) {
				this.timer = this.loop.schedule(this.timeout, this::closeExpired);
			}
		}
	}

	/**
	 * Close all that wait, without a warning: nobody can want them any more.
	 */
	public void closeAll() {
		List<Waiting> all;
		synchronized (this.queue) {
			all = new ArrayList<>(this.queue);
			this.queue.clear();
		}
		all.forEach((waiting) -> close(waiting, "the application was shut down"));
	}

	private void closeExpired() {
		for (Waiting waiting : pollExpired()) {
			if (close(waiting, "nobody had claimed it %s after it was published".formatted(this.timeoutText))) {
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
			this.timer = this.queue.isEmpty() ? null : this.loop
				.schedule(Duration.ofNanos(this.queue.element().deadlineNanos() - now), this::closeExpired);
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
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			logger.warn(
					"Closed %d channel(s) of '%s' that nobody had claimed within %s: does a handler of %s call claimBlockingChannel(), or claimChannel() for a selector?"
						.formatted(heldBack + 1, event.getFactoryName(), this.timeoutText,
								event.getClass().getSimpleName()));
		}
	}

	private record Waiting(SocketSuccessEvent event, SelectableChannel channel, int slot, long deadlineNanos) {

	}

}
