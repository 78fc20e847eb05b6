package dev.socketfactory.engine;

import dev.socketfactory.SocketState;
import dev.socketfactory.engine.accept.FailureReporter;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.state.Attempts;
import dev.socketfactory.errno.Errno;

/**
 * What becomes of the failures of a listener that is open.
 */
final class ListenerFailures implements FailureReporter {

	private final ListenerSocketFactory factory;

	ListenerFailures(ListenerSocketFactory factory) {
		this.factory = factory;
	}

	@Override
	public void report(String operation, Throwable cause) {
		FactoryFailures failures = this.factory.getFailures();
		failures.publishThrottled(failures.make(failure(operation, cause), null));
	}

	@Override
	public void count(String operation, Errno errno) {
		this.factory.getCounters().operationFailed(operation, errno.name());
	}

	@Override
	public void broken(String operation, Throwable cause) {
		Attempts attempts = this.factory.getAttempts();
		long attempt = attempts.getCurrent();
		// On the loop, because the caller may hold the lock that is taken after this one
		this.factory.getEngine().getLoop().execute(() -> attempts.step(attempt, () -> {
			if (this.factory.getState() == SocketState.LISTENING) {
				AttemptFailure failure = failure(operation, cause);
				this.factory.abandonSocket();
				this.factory.fail(attempt, failure);
			}
		}));
	}

	@Override
	public Errno errnoOf(Throwable cause) {
		return this.factory.getFailures().errnoOf(cause);
	}

	private AttemptFailure failure(String operation, Throwable cause) {
		return AttemptFailure.of(operation, OpenedSocket.text(this.factory.getLocalAddress()), cause);
	}

}
