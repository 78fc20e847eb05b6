package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Executor;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SslEngineCustomizer;
import dev.socketfactory.engine.CustomizedSpecException;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.EngineSettings;
import dev.socketfactory.engine.SocketFactoriesLifecycle;
import dev.socketfactory.event.SocketEventListenerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketFactory socket
 * factories}.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@Conditional(OnSocketFactoriesEnabledCondition.class)
@EnableConfigurationProperties(SocketFactoryProperties.class)
@Import({ SocketFactoryRegistrar.class, SocketFactoryTaskExecutorConfiguration.class })
public final class SocketFactoryAutoConfiguration {

	private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

	@Bean
	static SocketEventListenerFactory socketEventListenerFactory() {
		return new SocketEventListenerFactory();
	}

	@Bean
	LocalSocketPorts localSocketPorts(ConfigurableApplicationContext context) {
		return new LocalSocketPorts(context);
	}

	@Bean
	ParentSockets parentSockets(ApplicationContext context) {
		return new ParentSockets(context);
	}

	@Bean
	static ConfigurationPropertiesBindHandlerAdvisor socketFactoryBindHandlerAdvisor() {
		return SocketFactoryBindHandler::new;
	}

	@Bean
	DefaultSocketFactories socketFactories(ApplicationContext context, SocketFactoryProperties properties,
			@Qualifier(SocketFactoryTaskExecutorConfiguration.BEAN_NAME) Executor executor, LocalSocketPorts ports,
			ObjectProvider<SocketFactoryCustomizer> customizers, ObjectProvider<SslBundles> bundles,
			ObjectProvider<SslEngineCustomizer> engineCustomizers, ParentSockets parents) {
		EngineSettings settings = new EngineSettings(executor,
				SocketFactoryTaskExecutorConfiguration.placesOf(executor), properties.getDispatch(), ports,
				SocketFactoryTaskExecutorConfiguration.datagramExecutor(executor), new TlsBundles(bundles),
				engineCustomizers.orderedStream().toList(), properties.getDescriptors().getReserve());
		try {
			return new DefaultSocketFactories(
					properties.getObservation().isEnabled() ? ObservedPublisher.of(context) : context, settings,
					customizers.orderedStream().toList(),
					properties.isEnabled() ? parents.without(properties.toSpecs()) : Collections.emptyList());
		}
		catch (CustomizedSpecException ex) {
			throw ex;
		}
		catch (InvalidSocketSpecException ex) {
			throw wrongValue(ex);
		}
	}

	private static InvalidConfigurationPropertyValueException wrongValue(InvalidSocketSpecException failure) {
		String property = String.join(".", SocketFactoryProperties.PREFIX, PropertyKeys.section(failure.getKind()),
				failure.getName(), failure.getKey());
		return new InvalidConfigurationPropertyValueException(property, failure.getValue(),
				"%s. %s.".formatted(StringUtils.capitalize(failure.getReason()), failure.getAction()), failure);
	}

	@Bean
	SocketFactoriesLifecycle socketFactoriesLifecycle(DefaultSocketFactories factories,
			SocketFactoryProperties properties, Environment environment, ReadinessFollower readiness,
			StartRequirement requirement) {
		return new SocketFactoriesLifecycle(factories, requirement,
				Binder.get(environment)
					.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
					.orElse(DEFAULT_PHASE_TIMEOUT),
				properties.getShutdown().getGracePeriod(), readiness::isUp);
	}

	@Bean
	StartRequirement startRequirement(SocketFactoryProperties properties, SocketEventListenerFactory listeners,
			ConfigurableApplicationContext context) {
		return new StartRequirement(properties.getFailFast(), listeners, context);
	}

	@Bean
	ReadinessFollower readinessFollower(DefaultSocketFactories factories, ApplicationContext context) {
		return new ReadinessFollower(factories, context);
	}

	@Bean
	ListenerMethodCheck listenerMethodCheck(SocketEventListenerFactory listeners, DefaultSocketFactories factories,
			ParentSockets parents, SocketFactoryProperties properties) {
		return new ListenerMethodCheck(listeners, factories, parents, properties);
	}

}
