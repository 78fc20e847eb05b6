package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.PlaceholderResolutionException;

/**
 * What to say about a value that cannot be converted to the type of its key.
 *
 * @param reason what is wrong, without a full stop
 * @param action what to write instead, without a full stop
 * @see InvalidSocketSpecException
 */
record ExpectedValue(String reason, String action) {

	private static final Map<Class<?>, ExpectedValue> OF_TYPE = Map.of(Integer.class,
			new ExpectedValue("it is not a whole number up to " + Integer.MAX_VALUE, "Write a whole number"),
			Double.class, new ExpectedValue("it is not a number", "Write a number such as 2 or 1.5"), Boolean.class,
			new ExpectedValue("it is neither true nor false", "Write true or false"), Duration.class,
			new ExpectedValue("it is not a duration", "Write a duration such as 5s or 200ms"), Map.class,
			new ExpectedValue("it is not a map", "Write names with their values, such as {SO_RCVBUF: 65536}"));

	static ExpectedValue of(BindException failure) {
		return (failure.getCause() instanceof PlaceholderResolutionException unresolved)
				? ofPlaceholder(unresolved.getPlaceholder()) : of(failure.getTarget().getType().resolve(Object.class));
	}

	private static ExpectedValue of(Class<?> type) {
		ExpectedValue expected = OF_TYPE.get(type);
		if (expected != null) {
			return expected;
		}
		if (type.isEnum()) {
			return new ExpectedValue("there is no such value", "Write " + String.join(" or ", wordsOf(type)));
		}
		return new ExpectedValue("it cannot be read", "Write a single value");
	}

	private static ExpectedValue ofPlaceholder(String name) {
		return new ExpectedValue("the placeholder ${%s} cannot be resolved".formatted(name),
				"Define the property '%s', or write a default after a colon, as in ${%s:value}".formatted(name, name));
	}

	private static Iterable<String> wordsOf(Class<?> type) {
		return Arrays.stream(type.getEnumConstants())
			.map((constant) -> constant.toString().toLowerCase(Locale.ROOT))
			.toList();
	}

}
