package dev.socketfactory.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Environment variables that look like those of socket factories and have no effect. They
 * override what is declared and declare nothing themselves, and of the ways to write a
 * name with underscores binding reads two: all dashes left out, or every dash replaced.
 */
final class UnusedVariables {

	private static final Pattern OURS = Pattern.compile("SOCKET_?FACTORY_(?:(LISTENER|CLIENT)S_)?.+");

	/**
	 * Variables with all dashes left out, and what they are with underscores for dashes.
	 */
	private final Map<String, String> spellings = new LinkedHashMap<>();

	/**
	 * Variables below which there are names of their own.
	 */
	private final Set<String> maps = new HashSet<>();

	private UnusedVariables(DeclaredNames names) {
		PropertyKeys.ofTop().forEach(this::add);
		for (SocketKind kind : SocketKind.values()) {
			for (String key : PropertyKeys.of(kind)) {
				for (String name : names.of(kind)) {
					String plain = add(String.join(".", PropertyKeys.section(kind), name, key));
					if (PropertyKeys.isMap(kind, key)) {
						this.maps.add(plain);
					}
				}
			}
		}
	}

	private String add(String property) {
		String name = (SocketFactoryProperties.PREFIX + "." + property).toUpperCase(Locale.ROOT);
		String plain = name.replace("-", "").replace('.', '_');
		this.spellings.put(plain, name.replaceAll("[-.]", "_"));
		return plain;
	}

	/**
	 * Return what to say about the variables that have no effect.
	 * @param sources all property sources
	 * @param names the names of the entries
	 * @return sentences for the log
	 */
	static List<String> warningsFor(Iterable<ConfigurationPropertySource> sources, DeclaredNames names) {
		List<String> warnings = new ArrayList<>();
		for (ConfigurationPropertySource source : sources) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource environment) {
				String prefix = prefixOf(environment);
				List<String> variables = Arrays.stream(environment.getPropertyNames())
					.filter((variable) -> variable.toUpperCase(Locale.ROOT).startsWith(prefix)
							&& OURS.matcher(textOf(variable, prefix)).matches())
					.toList();
				if (!variables.isEmpty()) {
					UnusedVariables unused = new UnusedVariables(names);
					variables.stream()
						.map((variable) -> unused.findWarning(variable, prefix))
						.filter(Objects::nonNull)
						.forEach(warnings::add);
				}
			}
		}
		return warnings;
	}

	private @Nullable String findWarning(String variable, String prefix) {
		String text = textOf(variable, prefix);
		for (Map.Entry<String, String> spelling : this.spellings.entrySet()) {
			String plain = spelling.getKey();
			String element = findElement(text, plain);
			if (element != null) {
				boolean read = text.equals(plain + element) || text.equals(spelling.getValue() + element);
				return read ? null : "The environment variable %s is ignored: write %s".formatted(variable,
						prefix + plain + element);
			}
		}
		Matcher matcher = OURS.matcher(text);
		return (matcher.matches() && matcher.group(1) != null)
				? "The environment variable %s is ignored: it fits no key of a declared %s, and declares none"
					.formatted(variable, SocketKind.valueOf(matcher.group(1)))
				: null;
	}

	/**
	 * Return what follows in a variable that is spelled like another, but for the
	 * underscores: the name below a map, or nothing.
	 * @return the rest, {@code null} if the variable is not spelled like that
	 */
	private @Nullable String findElement(String text, String plain) {
		String letters = plain.replace("_", "");
		if (!text.replace("_", "").startsWith(letters)) {
			return null;
		}
		Matcher matcher = Pattern.compile(String.join("_?", letters.split("")) + "(|_.+)").matcher(text);
		return (matcher.matches() && (matcher.group(1).isEmpty() || this.maps.contains(plain))) ? matcher.group(1)
				: null;
	}

	private static String textOf(String variable, String prefix) {
		return variable.toUpperCase(Locale.ROOT).substring(prefix.length());
	}

	/**
	 * Return what the variables of this application begin with, as
	 * {@link org.springframework.boot.SpringApplication#setEnvironmentPrefix} says.
	 */
	private static String prefixOf(SystemEnvironmentPropertySource variables) {
		String prefix = (variables instanceof PropertySourceInfo info) ? info.getPrefix() : null;
		return (prefix != null) ? prefix.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_" : "";
	}

}
