package dev.socketfactory.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether {@code socket-factory.enabled} is not off. {@link ConditionalOnBooleanProperty}
 * would take a word that is neither true nor false for off, without saying so.
 */
class OnSocketFactoriesEnabledCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean enabled = isEnabled(context.getEnvironment());
		return new ConditionOutcome(enabled, ConditionMessage.forCondition("Socket factories")
			.because("socket-factory.enabled is " + (enabled ? "true" : "false")));
	}

	static boolean isEnabled(Environment environment) {
		return Binder.get(environment).bind(SocketFactoryProperties.PREFIX + ".enabled", Boolean.class).orElse(true);
	}

}
