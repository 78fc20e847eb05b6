package dev.socketfactory.actuate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Thrown for an operation that cannot be carried out. Its message is for the operator:
 * JMX clients see it in an exception, HTTP clients in a {@link RefusalDescriptor}.
 */
@SuppressWarnings("serial")
final class RefusedException extends InvalidEndpointRequestException {

	private static final int METHOD_NOT_ALLOWED = 405;

	private static final int CONFLICT = 409;

	private final transient RefusalDescriptor description;

	private RefusedException(int status, String message) {
		super(message, message);
		this.description = new RefusalDescriptor(status, message);
	}

	static RefusedException unknownFactory(String name, List<String> known) {
		String others = known.isEmpty() ? "there are none" : "there is " + String.join(", ", known);
		return new RefusedException(WebEndpointResponse.STATUS_NOT_FOUND,
				"There is no socket factory '%s'; %s".formatted(name, others));
	}

	static RefusedException unknownView(String view) {
		return new RefusedException(WebEndpointResponse.STATUS_NOT_FOUND,
				"There is nothing called '%s' to read; there is getsockname, connections".formatted(view));
	}

	static RefusedException unknownAction(String action) {
		String known = Arrays.stream(SocketAction.values())
			.map(SocketAction::toString)
			.collect(Collectors.joining(", ")) + ", disconnect";
		return badRequest("There is no action '%s'; there is %s".formatted(action, known));
	}

	static RefusedException readAction(SocketAction action) {
		return new RefusedException(METHOD_NOT_ALLOWED,
				"'%s' is an action: it is not read with GET but carried out with POST".formatted(action));
	}

	static RefusedException notApplicable(String name, SocketAction action) {
		return new RefusedException(CONFLICT,
				"'%s' cannot %s: it is not a listener that accepts connections".formatted(name, action));
	}

	static RefusedException withoutLimit(String name) {
		return new RefusedException(CONFLICT,
				"'%s' has no limit: it is not a listener that accepts connections".formatted(name));
	}

	static RefusedException badConnection(@Nullable String value) {
		return badRequest(
				"'connection' must be the number of an open connection in a JSON body, such as {\"connection\": 42}%s"
					.formatted((value != null) ? ", not '%s'".formatted(value) : ""));
	}

	static RefusedException unknownConnection(String name, String connection) {
		return new RefusedException(WebEndpointResponse.STATUS_NOT_FOUND,
				"'%s' has no open connection %s".formatted(name, connection));
	}

	static RefusedException nothingToChange() {
		return badRequest("There is nothing to change: give maxConnections, lowWater or both");
	}

	static RefusedException badMaxConnections(String value) {
		return badRequest("'maxConnections' must be -1 (any number) or a whole number from 0 to %d, not '%s'"
			.formatted(Integer.MAX_VALUE, value));
	}

	static RefusedException badLowWater(@Nullable String value, @Nullable Integer maxConnections) {
		if (maxConnections == null || maxConnections == 0) {
			String max = (maxConnections != null) ? "0" : "-1 (any number)";
			return badRequest(
					"'lowWater' must be -1 (none) while maxConnections is %s, not '%s'".formatted(max, value));
		}
		return badRequest(
				"'lowWater' must be -1 (one less than maxConnections) or a whole number from 0 to %d, not '%s'"
					.formatted(maxConnections - 1, value));
	}

	private static RefusedException badRequest(String message) {
		return new RefusedException(WebEndpointResponse.STATUS_BAD_REQUEST, message);
	}

	int getStatus() {
		return this.description.status();
	}

	RefusalDescriptor describe() {
		return this.description;
	}

}
