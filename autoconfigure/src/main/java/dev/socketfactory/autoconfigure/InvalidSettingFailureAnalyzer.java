package dev.socketfactory.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a wrong value at the top of {@code socket-factory}.
 */
class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
		ConfigurationProperty property = cause.getProperty();
		String description = new SocketFailureAnalysis("The configuration of socket factories cannot be read:")
			.addProperty(cause.getName(), (property != null) ? property.getValue() : null,
					(property != null) ? property.getOrigin() : null)
			.add("Reason", cause.getExpected().reason())
			.toString();
		return new FailureAnalysis(description, cause.getExpected().action() + ".", cause);
	}

}
