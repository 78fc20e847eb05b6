package dev.socketfactory.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * The words of the failure analyses.
 */
final class SocketFailureAnalysis {

	private final StringBuilder text = new StringBuilder();

	SocketFailureAnalysis(String headline) {
		this.text.append(headline).append("%n".formatted());
	}

	SocketFailureAnalysis add(String label, @Nullable Object value) {
		if (value != null) {
			this.text.append("%n    %s: %s".formatted(label, value));
		}
		return this;
	}

	SocketFailureAnalysis addProperty(String property, @Nullable Object value, @Nullable Origin origin) {
		return add("Property", property).addValue(value).add("Origin", origin);
	}

	SocketFailureAnalysis addValue(@Nullable Object value) {
		return add("Value", (value != null) ? "\"" + value + "\"" : null);
	}

	SocketFailureAnalysis addBreak() {
		this.text.append("%n".formatted());
		return this;
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
