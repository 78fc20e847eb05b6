package dev.socketfactory.autoconfigure;

import dev.socketfactory.actuate.Operator;
import dev.socketfactory.actuate.SocketsEndpoint;
import dev.socketfactory.actuate.SocketsEndpointWebExtension;
import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketsEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SocketFactoryAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(DefaultSocketFactories.class)
@ConditionalOnAvailableEndpoint(SocketsEndpoint.class)
public final class SocketsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketsEndpoint socketsEndpoint(DefaultSocketFactories factories) {
		return new SocketsEndpoint(factories);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(SocketsEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketsEndpointWebExtension socketsEndpointWebExtension(SocketsEndpoint endpoint) {
		return new SocketsEndpointWebExtension(endpoint);
	}

	@Bean
	Operator socketsOperator() {
		return new Operator();
	}

}
