package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.CustomizedSpecException;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.EngineSettings;
import dev.socketfactory.engine.SocketFactoriesLifecycle;
import dev.socketfactory.event.SocketEventListenerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketFactory socket
 * factories}.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@Conditional(OnSocketFactoriesEnabledCondition.class)
@Import({ SocketFactoryRegistrar.class, SocketFactoryTaskExecutorConfiguration.class })
@ImportRuntimeHints(SocketFactoryRuntimeHints.class)
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
	DefaultSocketFactories socketFactories(ApplicationEventPublisher publisher, Environment environment,
			@Qualifier(SocketFactoryTaskExecutorConfiguration.BEAN_NAME) Executor executor, LocalSocketPorts ports,
			ObjectProvider<SocketFactoryCustomizer> customizers) {
		TopLevelSettings top = new TopLevelSettings(environment);
		EngineSettings settings = new EngineSettings(executor,
				SocketFactoryTaskExecutorConfiguration.placesOf(executor), top.getDispatch(), ports,
				SocketFactoryTaskExecutorConfiguration.datagramExecutor(executor));
		try {
			// Conditions are evaluated when an application is AOT-processed, and not
			// again
			List<SocketSpec> declared = top.isEnabled() ? new SpecBinder(environment).bind() : Collections.emptyList();
			return new DefaultSocketFactories(publisher, settings, customizers.orderedStream().toList(), declared);
		}
		catch (CustomizedSpecException ex) {
			throw ex;
		}
		catch (InvalidSocketSpecException ex) {
			throw new DeclaredSpecException(ex);
		}
	}

	@Bean
	SocketFactoriesLifecycle socketFactoriesLifecycle(DefaultSocketFactories factories, Environment environment) {
		return new SocketFactoriesLifecycle(factories, new TopLevelSettings(environment).isFailFast(),
				Binder.get(environment)
					.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
					.orElse(DEFAULT_PHASE_TIMEOUT));
	}

	@Bean
	ReadinessFollower readinessFollower(DefaultSocketFactories factories) {
		return new ReadinessFollower(factories);
	}

	@Bean
	UndeclaredNameCheck undeclaredNameCheck(SocketEventListenerFactory listeners, DefaultSocketFactories factories,
			ApplicationContext context) {
		return new UndeclaredNameCheck(listeners, factories, context);
	}

}
