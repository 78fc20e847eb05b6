package dev.socketfactory.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Waits until a channel is ready, but not for ever. Not thread-safe.
 */
final class Readiness implements AutoCloseable {

	static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

	private final Selector selector;

	private final SelectionKey key;

	Readiness(SelectableChannel channel) throws IOException {
		this.selector = Selector.open();
		try {
			channel.configureBlocking(false);
			this.key = channel.register(this.selector, 0);
		}
		catch (IOException | RuntimeException ex) {
			this.selector.close();
			throw ex;
		}
	}

	/**
	 * Wait.
	 * @param operation operation of {@link SelectionKey}
	 * @param until the {@link System#nanoTime()} at which to give up
	 * @return {@code false} if that time has come
	 */
	boolean await(int operation, long until) throws IOException {
		long left = until - System.nanoTime();
		if (left <= 0) {
			return false;
		}
		this.key.interestOps(operation);
		this.selector.select((ready) -> {
		}, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
		if (Thread.currentThread().isInterrupted()) {
			throw new AssertionError("The test was interrupted while it waited");
		}
		return true;
	}

	@Override
	public void close() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static long after(Duration duration) {
		return System.nanoTime() + duration.toNanos();
	}

	static String text(Duration duration) {
		return DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
	}

}
