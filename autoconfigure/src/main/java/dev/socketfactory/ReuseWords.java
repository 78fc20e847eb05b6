package dev.socketfactory;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The words that switch {@code reuse} on or off.
 */
final class ReuseWords {

	private static final Set<String> ON = Set.of("yes", "on", "true");

	private static final Set<String> OFF = Set.of("no", "off", "false", "");

	private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");

	private static final Pattern ZERO = Pattern.compile("[+-]?0+(\\.0+)?");

	private ReuseWords() {
	}

	static boolean isOn(String word) {
		String plain = plain(word);
		return ON.contains(plain) || (NUMBER.matcher(plain).matches() && !ZERO.matcher(plain).matches());
	}

	static boolean isKnown(String word) {
		String plain = plain(word);
		return ON.contains(plain) || OFF.contains(plain) || NUMBER.matcher(plain).matches();
	}

	private static String plain(String word) {
		return word.strip().toLowerCase(Locale.ROOT);
	}

}
