package dev.socketfactory.test;

import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration for {@link TestSockets}.
 *
 * @since 0.1.0
 * @see AutoConfigureTestSockets
 */
@AutoConfiguration(before = SocketFactoryAutoConfiguration.class)
public final class TestSocketsAutoConfiguration {

	/**
	 * The first of the customizers, so that one of the test may change what it has done.
	 */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	LocalEnds testSocketsLocalEnds() {
		return new LocalEnds();
	}

	@Bean
	TestSockets testSockets(ObjectProvider<DefaultSocketFactories> factories, LocalEnds ends,
			ObjectProvider<SslBundles> bundles) {
		return new TestSockets(factories, ends, bundles);
	}

}
