package dev.socketfactory.autoconfigure;

import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.metrics.SocketMeterBinder;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of socket factories.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { SocketFactoryAutoConfiguration.class, MetricsAutoConfiguration.class,
		CompositeMeterRegistryAutoConfiguration.class })
@ConditionalOnClass({ MeterRegistry.class, MetricsAutoConfiguration.class })
@ConditionalOnBean({ DefaultSocketFactories.class, MeterRegistry.class })
public final class SocketFactoryMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketMeterBinder socketMeterBinder(DefaultSocketFactories factories) {
		return new SocketMeterBinder(factories);
	}

}
