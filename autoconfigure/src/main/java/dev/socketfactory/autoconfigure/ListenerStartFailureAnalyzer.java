package dev.socketfactory.autoconfigure;

import java.nio.file.FileAlreadyExistsException;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFailure;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a listener that could not be opened, without which the application does not
 * start.
 */
class ListenerStartFailureAnalyzer extends AbstractFailureAnalyzer<ListenerStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenerStartException cause) {
		SocketFailure failure = cause.getFailure();
		String action = (failure != null) ? adviseOn(failure)
				: "Check the name service of this machine, such as its DNS servers, or bind to an address.";
		return new FailureAnalysis("listener '%s' could not %s".formatted(cause.getFactoryName(), describe(failure)),
				"%s To start the application without this listener, set 'socket-factory.listeners.%s.fail-fast' to false, let it try again by 'retry.max-retries', or handle its SocketFailureEvent."
					.formatted(action, cause.getFactoryName()),
				cause);
	}

	private static String describe(@Nullable SocketFailure failure) {
		if (failure == null) {
			return "be opened: the lookups of the names in its 'bind' take too long";
		}
		return failure.operation().equals("bind") ? "bind " + failure.describe()
				: "be opened: %s failed: %s".formatted(failure.operation(), failure.describe());
	}

	private static String adviseOn(SocketFailure failure) {
		return switch (failure.operation()) {
			case "getaddrinfo" -> "Bind to a name that this machine can look up, or to an address.";
			case "getservbyname" -> "Bind to a port number, or to a service that this machine knows.";
			case "setsockopt" -> "Correct the 'options' of the listener.";
			default -> adviseOnErrno(failure);
		};
	}

	private static String adviseOnErrno(SocketFailure failure) {
		return switch (failure.errnoName()) {
			case "EADDRINUSE" -> adviseOnAddressInUse(failure);
			case "EADDRNOTAVAIL" -> "Bind to a name or an address that this machine has.";
			case "EACCES", "EPERM" -> "Choose a port or path that this user may bind, or give the user that right.";
			case "EAFNOSUPPORT" -> "Choose a domain that this machine has, such as AF_INET.";
			case "ENOENT" -> "Create the directory of the socket file.";
			case "EMFILE", "ENFILE" -> "Raise the limit of open files (ulimit -n).";
			default -> "Correct the listener's configuration, or what it depends on.";
		};
	}

	private static String adviseOnAddressInUse(SocketFailure failure) {
		if (failure.message().contains("'reuse: on'")) {
			return "Wait until the connections that are left have gone, or set 'reuse: on', which has to be set when they are accepted too.";
		}
		if (failure.cause() instanceof FileAlreadyExistsException) {
			return "Stop what listens on the path, or choose another one; to replace a socket file that a process has left behind, set 'reuse: on'.";
		}
		return "Stop what uses the address, or choose another one.";
	}

}
