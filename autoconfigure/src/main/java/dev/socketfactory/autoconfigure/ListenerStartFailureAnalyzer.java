package dev.socketfactory.autoconfigure;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFailure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a listener that could not be opened although the application is to fail fast.
 */
class ListenerStartFailureAnalyzer extends AbstractFailureAnalyzer<ListenerStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenerStartException cause) {
		SocketFailure failure = cause.getFailure();
		String what = (failure != null) ? "%s %s".formatted(failure.operation(), failure.describe())
				: "be opened: the look-ups of the names in its 'bind' take too long";
		String action = (failure != null) ? adviseOn(failure)
				: "Check the name service of this machine, such as its DNS servers, or bind to an address.";
		return new FailureAnalysis("listener '%s' could not %s".formatted(cause.getFactoryName(), what),
				action + " To start the application without this listener, set 'socket-factory.fail-fast' to false.",
				cause);
	}

	private static String adviseOn(SocketFailure failure) {
		return switch (failure.errnoName()) {
			case "EADDRINUSE" -> adviseOnAddressInUse(failure.message());
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
	private static String adviseOnAddressInUse(String message) {
		return message.contains("nothing listens on the port")
				? "Wait until the connections that are left have gone, or set 'reuse: on', which has to be set when they are accepted too."
				: "Stop what uses the address, or choose another one.";
	}

}
