package dev.socketfactory.engine.socket;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The errors of the running platform. A number that has two names ({@code EAGAIN} and
 * {@code EWOULDBLOCK}) has one {@link Errno}, found by either.
 */
final class PlatformErrnos {

	private PlatformErrnos() {
	}

	/**
	 * Return the errors that this platform has.
	 * @param englishTexts texts by name, the names to be preferred first
	 * @return errors by name, in order of precedence
	 */
	static Map<String, Errno> byName(Map<String, List<String>> englishTexts) {
		Map<String, jnr.constants.platform.Errno> constants = definedConstants();
		Map<String, Errno> byName = new LinkedHashMap<>();
		Map<Integer, Errno> byNumber = new HashMap<>();
		Set<String> names = new LinkedHashSet<>(englishTexts.keySet());
		names.addAll(constants.keySet());
		for (String name : names) {
			jnr.constants.platform.Errno constant = constants.get(name);
			if (constant != null) {
				byName.put(name, byNumber.computeIfAbsent(constant.intValue(),
						(number) -> new Errno(number, name, text(constant, englishTexts.get(name)))));
			}
		}
		return byName;
	}

	private static Map<String, jnr.constants.platform.Errno> definedConstants() {
		Map<String, jnr.constants.platform.Errno> constants = new LinkedHashMap<>();
		for (jnr.constants.platform.Errno constant : jnr.constants.platform.Errno.values()) {
			if (constant.defined()) {
				constants.put(constant.name(), constant);
			}
		}
		return constants;
	}

	// The C library of Windows has no texts for the errors of sockets
	private static String text(jnr.constants.platform.Errno constant, @Nullable List<String> englishTexts) {
		String description = constant.description();
		boolean described = !description.equals(constant.name()) && !description.startsWith("Unknown error");
		return (described || englishTexts == null) ? description : englishTexts.get(0);
	}

}
