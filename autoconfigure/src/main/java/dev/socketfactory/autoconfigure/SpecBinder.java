package dev.socketfactory.autoconfigure;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketSpec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.Environment;

/**
 * Makes specifications from what is declared.
 */
final class SpecBinder {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private final Environment environment;

	private final StrictBinders binders;

	SpecBinder(Environment environment) {
		this.environment = environment;
		this.binders = new StrictBinders(environment);
	}

	/**
	 * Make the specifications of all declared sockets.
	 * @return the specifications in the order of their declaration
	 * @throws UnknownKeysException if there are keys that do not exist
	 * @throws InvalidSocketSpecException if a value is wrong
	 */
	List<SocketSpec> bind() {
		DeclaredSockets declared = DeclaredSockets.of(this.environment);
		if (!declared.getUnknown().isEmpty()) {
			throw new UnknownKeysException(declared.getUnknown());
		}
		requireNamesOfTheirOwn(declared.getEntries());
		return declared.getEntries().stream().map(this::bind).toList();
	}

	private static void requireNamesOfTheirOwn(Collection<DeclaredSocket> entries) {
		Map<String, DeclaredSocket> names = new HashMap<>();
		for (DeclaredSocket entry : entries) {
			String name = entry.getName();
			DeclaredSocket other = names.putIfAbsent(EntryKeys.uniform(name), entry);
			if (other != null) {
				throw new InvalidSocketSpecException(entry.getKind(), name, "name", name,
						"there is a %s '%s' already".formatted(other.getKind(), other.getName()),
						"Give every listener and client a name of its own");
			}
		}
	}

	private SocketSpec bind(DeclaredSocket declared) {
		declared.getForeignKeys()
			.forEach((key) -> logger.warn("%s '%s': '%s' does not apply to a %s and is ignored"
				.formatted(declared.getKind(), declared.getName(), key, declared.getKind())));
		return switch (declared.getKind()) {
			case LISTENER ->
				SpecMapper.listener(declared.getName(), bind(declared, SocketFactoryProperties.Listener.class));
			case CLIENT -> SpecMapper.client(declared.getName(), bind(declared, SocketFactoryProperties.Client.class));
		};
	}

	private <T> T bind(DeclaredSocket declared, Class<T> type) {
		try {
			return this.binders.of(List.of(declared))
				.bindOrCreate(DeclaredSocket.ENTRY, Bindable.of(type), BindHandler.DEFAULT);
		}
		catch (BindException ex) {
			throw invalid(declared, ex);
		}
	}

	private static InvalidSocketSpecException invalid(DeclaredSocket declared, BindException failure) {
		ConfigurationProperty property = failure.getProperty();
		String full = failure.getName().toString();
		String key = full.substring(DeclaredSocket.ENTRY.toString().length() + 1).replaceFirst("\\[(.*)]$", ".$1");
		Object value = (property != null) ? property.getValue() : null;
		ExpectedValue expected = ExpectedValue.of(failure);
		return new InvalidSocketSpecException(declared.getKind(), declared.getName(), key, value, expected.reason(),
				expected.action());
	}

}
