package dev.socketfactory.autoconfigure;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a listener that could not be opened although the application is to fail fast.
 */
class ListenerStartFailureAnalyzer extends AbstractFailureAnalyzer<ListenerStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenerStartException cause) {
		SocketFailure failure = cause.getFailure();
		return new FailureAnalysis(describe(cause.getFactoryName(), failure),
				advise(failure)
						+ " To start the application without this listener, set 'socket-factory.fail-fast' to false.",
				cause);
	}

	private static String describe(String name, @Nullable SocketFailure failure) {
		if (failure == null) {
			return "listener '%s' could not be opened: the look-up of its names takes too long".formatted(name);
		}
		return "listener '%s' could not %s %s (%s)".formatted(name, failure.operation(), failure.message(),
				failure.errnoName());
	}

	private static String advise(@Nullable SocketFailure failure) {
		String errno = (failure != null) ? failure.errnoName() : "";
		return switch (errno) {
			case "EADDRINUSE" -> adviseOnAddressInUse(String.valueOf(failure));
			case "EADDRNOTAVAIL" -> "Bind to a name or an address that this machine has.";
			case "EACCES", "EPERM" -> "Choose a port or path that this user may bind, or give the user that right.";
			case "EAFNOSUPPORT" -> "Choose a domain that this machine has, such as AF_INET.";
			case "ENOENT" -> "Create the folder of the socket file.";
			case "EMFILE", "ENFILE" -> "Raise the limit of open files (ulimit -n).";
			default -> "Correct the listener's configuration, or what it depends on.";
		};
	}

	/**
	 * The message tells connections that an earlier listener has left behind apart from a
	 * listener that is alive.
	 */
	private static String adviseOnAddressInUse(String failure) {
		return failure.contains("nothing listens on the port")
				? "Wait until the connections that are left have gone, or set 'reuse: on', which has to be set when they are accepted too."
				: "Stop what uses the address, or choose another one.";
	}

}
