package dev.socketfactory.autoconfigure;

import java.net.BindException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListenerStartFailureAnalyzer}.
 */
class ListenerStartFailureAnalyzerTests {

	private static final String WITHOUT = " To start the application without this listener, set"
			+ " 'socket-factory.listeners.rot13.fail-fast' to false, let it try again by 'retry.max-retries',"
			+ " or handle its SocketFailureEvent.";

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "EADDRINUSE|Stop what uses the address, or choose another one.",
			"EADDRNOTAVAIL|Bind to a name or an address that this machine has.",
			"EACCES|Choose a port or path that this user may bind, or give the user that right.",
			"EPERM|Choose a port or path that this user may bind, or give the user that right.",
			"EAFNOSUPPORT|Choose a domain that this machine has, such as AF_INET.",
			"ENOENT|Create the directory of the socket file.", "EMFILE|Raise the limit of open files (ulimit -n).",
			"ENFILE|Raise the limit of open files (ulimit -n).",
			"EINVAL|Correct the listener's configuration, or what it depends on." })
	void whenErrorIsKnownThenItIsNamedAndAnswered(String errnoName, String action) {
		FailureAnalysis analysis = analyze(failure(1, errnoName));
		assertThat(analysis.getDescription()).isEqualTo("listener 'rot13' could not bind :80: what happened (%s)",
				errnoName);
		assertThat(analysis.getAction()).isEqualTo(action + WITHOUT);
	}

	@Test
	void whenErrorIsUnknownThenItSaysSo() {
		FailureAnalysis analysis = analyze(failure(0, ""));
		assertThat(analysis.getDescription())
			.isEqualTo("listener 'rot13' could not bind :80: what happened (errno unknown)");
		assertThat(analysis.getAction())
			.isEqualTo("Correct the listener's configuration, or what it depends on." + WITHOUT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "getaddrinfo|Bind to a name that this machine can look up, or to an address.",
					"getservbyname|Bind to a port number, or to a service that this machine knows.",
					"setsockopt|Correct the 'options' of the listener.",
					"listen|Bind to a name or an address that this machine has." })
	void whenSomethingElseThanBindFailsThenItIsNamedAndAnswered(String operation, String action) {
		FailureAnalysis analysis = analyze(
				new SocketFailure(operation, 99, "EADDRNOTAVAIL", "what happened", null, Instant.EPOCH, null));
		assertThat(analysis.getDescription())
			.isEqualTo("listener 'rot13' could not be opened: %s failed: what happened (EADDRNOTAVAIL)", operation);
		assertThat(analysis.getAction()).isEqualTo(action + WITHOUT);
	}

	@Test
	void whenAFileIsInTheWayThenItSaysHowToReplaceIt() {
		assertThat(
				analyze(inUse("/run/s: Address already in use", new FileAlreadyExistsException("/run/s"))).getAction())
			.isEqualTo("Stop what listens on the path, or choose another one; to replace a socket file that a process"
					+ " has left behind, set 'reuse: on'." + WITHOUT);
	}

	@Test
	void whenConnectionsAreInTheWayThenItSaysToWaitOrReuse() {
		assertThat(analyze(inUse(
				"127.0.0.1:80: Address already in use; nothing listens on the port, but connections of an earlier listener"
						+ " hold it: 'reuse: on', there and here, would help",
				new BindException("Address already in use")))
			.getAction())
			.isEqualTo("Wait until the connections that are left have gone, or set 'reuse: on', which has to be set"
					+ " when they are accepted too." + WITHOUT);
	}

	@Test
	void whenLookUpsHaveNotEndedThenItSaysWhatToDoAboutThem() {
		FailureAnalysis analysis = analyze(null);
		assertThat(analysis.getDescription())
			.isEqualTo("listener 'rot13' could not be opened: the lookups of the names in its 'bind' take too long");
		assertThat(analysis.getAction()).isEqualTo(
				"Check the name service of this machine, such as its DNS servers, or bind to an address." + WITHOUT);
	}

	private static FailureAnalysis analyze(@Nullable SocketFailure failure) {
		ListenerStartException exception = new ListenerStartException("rot13", failure);
		FailureAnalysis analysis = new ListenerStartFailureAnalyzer().analyze(new RuntimeException(exception));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getCause()).isSameAs(exception);
		return analysis;
	}

	private static SocketFailure inUse(String message, Throwable cause) {
		return new SocketFailure("bind", 98, "EADDRINUSE", message, cause, Instant.EPOCH, null);
	}

	private static SocketFailure failure(int errno, String errnoName) {
		return new SocketFailure("bind", errno, errnoName, ":80: what happened", null, Instant.EPOCH, null);
	}

}
