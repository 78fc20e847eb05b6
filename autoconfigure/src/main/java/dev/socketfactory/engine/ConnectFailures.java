package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.ErrnoTable;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import org.jspecify.annotations.Nullable;

/**
 * Why the addresses of a remote end could not be connected to, one by one and all
 * together. Not thread-safe.
 */
final class ConnectFailures {

	private final SocketSpec spec;

	private final ErrnoTable errnos;

	private final List<SocketOperationException> failures = new ArrayList<>();

	/**
	 * Create an empty list.
	 * @param spec what is to be connected
	 * @param errnos the errnos of the platform
	 */
	ConnectFailures(SocketSpec spec, ErrnoTable errnos) {
		this.spec = spec;
		this.errnos = errnos;
	}

	void add(SocketOperationException failure) {
		this.failures.add(failure);
	}

	void addTimeout(SocketAddress address, String text) {
		add(new SocketOperationException("connect", OpenedSocket.text(address), "ETIMEDOUT", text,
				new SocketTimeoutException(text)));
	}

	int size() {
		return this.failures.size();
	}

	/**
	 * Return the failure of all addresses together: the last one's, with the reasons of
	 * each.
	 * @param within follows "can be connected to"
	 */
	SocketOperationException summary(String within) {
		SocketOperationException last = this.failures.get(this.failures.size() - 1);
		if (this.failures.size() == 1) {
			return last;
		}
		List<String> reasons = this.failures.stream().map(this::reasonOf).toList();
		return new SocketOperationException(last.getOperation(), this.spec.getRemote(), last.getErrnoName(),
				"none of its %d addresses can be connected to%s: %s".formatted(reasons.size(), within,
						String.join(", ", reasons)),
				last.getCause());
	}

	private String reasonOf(SocketOperationException failure) {
		return failure.getEndpoint() + " "
				+ ((failure.getText() != null) ? failure.getText() : textOf(failure.getCause()));
	}

	private String textOf(@Nullable Throwable cause) {
		String text = (cause != null) ? this.errnos.of(cause).text() : "";
		return text.isEmpty() ? String.valueOf((cause != null) ? cause.getMessage() : null) : text;
	}

}
