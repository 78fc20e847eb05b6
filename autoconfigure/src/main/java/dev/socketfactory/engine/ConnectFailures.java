package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.errno.ErrnoTable;

/**
 * Why the addresses of a remote end could not be connected to, one by one and all
 * together. Not thread-safe.
 */
final class ConnectFailures {

	private final String remote;

	private final ErrnoTable errnos;

	private final List<AttemptFailure> failures = new ArrayList<>();

	/**
	 * Create an empty list.
	 * @param remote the remote end as it was configured
	 * @param errnos the errnos of the platform
	 */
	ConnectFailures(String remote, ErrnoTable errnos) {
		this.remote = remote;
		this.errnos = errnos;
	}

	void add(AttemptFailure failure) {
		this.failures.add(failure);
	}

	void addTimeout(SocketAddress address, String text) {
		add(new AttemptFailure("connect", OpenedSocket.text(address), new SocketTimeoutException(text), "ETIMEDOUT",
				text));
	}

	void addNotTried(Collection<SocketAddress> addresses) {
		addresses.forEach((address) -> addTimeout(address, "not tried"));
	}

	int size() {
		return this.failures.size();
	}

	/**
	 * Return the failure of all addresses together: the last one's, with the reasons of
	 * each.
	 * @param within follows "can be connected to"
	 */
	AttemptFailure summary(String within) {
		AttemptFailure last = this.failures.get(this.failures.size() - 1);
		if (this.failures.size() == 1) {
			return last;
		}
		List<String> reasons = this.failures.stream().map(this::reasonOf).toList();
		return new AttemptFailure(last.operation(), this.remote, last.cause(), last.errnoName(),
				"none of its %d addresses can be connected to%s: %s".formatted(reasons.size(), within,
						String.join(", ", reasons)));
	}

	private String reasonOf(AttemptFailure failure) {
		return failure.endpoint() + " " + ((failure.text() != null) ? failure.text() : textOf(failure.cause()));
	}

	private String textOf(Throwable cause) {
		String text = this.errnos.of(cause).text();
		return text.isEmpty() ? String.valueOf(cause.getMessage()) : text;
	}

}
