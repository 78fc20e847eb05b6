package dev.socketfactory.autoconfigure;

import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.autoconfigure.SocketFactoryProperties.Client;
import dev.socketfactory.autoconfigure.SocketFactoryProperties.Listener;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Maps properties to specifications.
 */
final class SpecMapper {

	private static final PropertyMapper map = PropertyMapper.get();

	private SpecMapper() {
	}

	static SocketSpec listener(String name, Listener properties) {
		SocketSpecBuilder spec = common(SocketSpec.listener(name), properties);
		map.from(properties::getListenQueue).to(spec::listenQueue);
		map.from(properties::getStartPaused).to(spec::startPaused);
		map.from(properties::getFollowReadiness).to(spec::followReadiness);
		map.from(properties::getMaxConnections).to(spec::maxConnections);
		map.from(properties::getLowWater).to(spec::lowWater);
		map.from(properties.getUnix()::getMode).to(spec::unixMode);
		return spec.acceptedOptions(properties.getAcceptedOptions()).build();
	}

	static SocketSpec client(String name, Client properties) {
		SocketSpecBuilder spec = common(SocketSpec.client(name), properties);
		map.from(properties::getRemote).to(spec::remote);
		map.from(properties::getConnectTimeout).to(spec::connectTimeout);
		map.from(properties::getReconnect).to(spec::reconnect);
		return spec.build();
	}

	private static SocketSpecBuilder common(SocketSpecBuilder spec, SocketProperties properties) {
		map.from(properties::getDomain).whenHasText().to(spec::domain);
		map.from(properties::getType).whenHasText().to(spec::type);
		map.from(properties::getProtocol).to(spec::protocol);
		map.from(properties::getBind).to(spec::bind);
		map.from(properties::getReuse).to(spec::reuse);
		map.from(properties::getSuccessEvent).to(spec::successEvent);
		map.from(properties::getFailureEvent).to(spec::failureEvent);
		map.from(properties::getAutoStartup).to(spec::autoStartup);
		map.from(properties::getUnclaimedTimeout).to(spec::unclaimedTimeout);
		map.from(properties::getDispatch).to(spec::dispatch);
		return spec.retry(retry(properties.getRetry())).options(properties.getOptions());
	}

	private static RetrySettings retry(RetryProperties properties) {
		RetrySettings none = RetrySettings.NONE;
		return new RetrySettings(given(properties.getMaxRetries(), none.maxRetries()),
				given(properties.getDelay(), none.delay()), given(properties.getMultiplier(), none.multiplier()),
				given(properties.getMaxDelay(), none.maxDelay()), given(properties.getJitter(), none.jitter()));
	}

	private static <T> T given(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

}
