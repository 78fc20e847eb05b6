package dev.socketfactory.engine;

import java.util.List;
import java.util.stream.Collectors;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketFactoryCustomizer;

/**
 * Thrown for a specification that could work before it was customized.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class CustomizedSpecException extends InvalidSocketSpecException {

	private final String customizers;

	CustomizedSpecException(InvalidSocketSpecException failure, List<SocketFactoryCustomizer> customizers) {
		super(failure.getKind(), failure.getName(), failure.getKey(), failure.getValue(), failure.getReason(),
				failure.getAction());
		initCause(failure);
		this.customizers = customizers.stream()
			.map((customizer) -> customizer.getClass().getName())
			.collect(Collectors.joining(", "));
	}

	/**
	 * Return the classes of the customizers, one of which has made the mistake.
	 * @return names of classes
	 */
	public String getCustomizers() {
		return this.customizers;
	}

}
