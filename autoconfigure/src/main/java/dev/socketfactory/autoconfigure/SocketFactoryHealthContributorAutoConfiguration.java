package dev.socketfactory.autoconfigure;

import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.health.SocketsHealthContributor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for
 * {@link SocketsHealthContributor}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SocketFactoryAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(DefaultSocketFactories.class)
@ConditionalOnEnabledHealthIndicator("sockets")
public final class SocketFactoryHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "socketsHealthIndicator", "socketsHealthContributor" })
	SocketsHealthContributor socketsHealthContributor(DefaultSocketFactories factories,
			SocketFactoryProperties properties) {
		String pausedStatus = properties.getHealth().getPausedStatus();
		return new SocketsHealthContributor(factories,
				StringUtils.hasText(pausedStatus) ? new Status(pausedStatus) : Status.UP);
	}

}
