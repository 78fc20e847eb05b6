package dev.socketfactory.autoconfigure;

import dev.socketfactory.DispatchMode;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The values at the top of {@code socket-factory}.
 */
final class TopLevelSettings {

	private final Environment environment;

	TopLevelSettings(Environment environment) {
		this.environment = environment;
	}

	boolean isEnabled() {
		return get("enabled", Boolean.class, true);
	}

	DispatchMode getDispatch() {
		return get("dispatch", DispatchMode.class, DispatchMode.EXECUTOR);
	}

	boolean isFailFast() {
		return get("fail-fast", Boolean.class, false);
	}

	String getPausedStatus() {
		String status = get("health.paused-status", String.class, "");
		return StringUtils.hasText(status) ? status : "UP";
	}

	private <T> T get(String key, Class<T> type, T fallback) {
		try {
			return new StrictBinders(this.environment).ofEnvironment()
				.bind(EntryKeys.PREFIX + "." + key, type)
				.orElse(fallback);
		}
		catch (BindException ex) {
			throw new InvalidSettingException(ex);
		}
	}

}
