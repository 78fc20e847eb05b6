package dev.socketfactory.autoconfigure;

import java.util.Comparator;
import java.util.regex.Pattern;

import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.util.StringUtils;

/**
 * One spelling of the name of an entry.
 *
 * @param text the name
 * @param certain whether it was written like this; the underscore of an environment
 * variable may stand for a dash or for none
 */
record EntryName(String text, boolean certain) {

	private static final Pattern WELL_FORMED = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

	private static final Comparator<EntryName> PREFERENCE = Comparator.comparing(EntryName::certain)
		.thenComparing((name) -> WELL_FORMED.matcher(name.text()).matches())
		.thenComparing((name) -> StringUtils.countOccurrencesOf(name.text(), "-"));

	static EntryName of(DeclaredProperty property) {
		return new EntryName(property.entry(), !(property.origin() instanceof SystemEnvironmentOrigin));
	}

	/**
	 * Return the spelling that names the entry.
	 * @param later another spelling, of a lower precedence
	 * @return one of both
	 */
	EntryName or(EntryName later) {
		return (PREFERENCE.compare(later, this) > 0) ? later : this;
	}

}
