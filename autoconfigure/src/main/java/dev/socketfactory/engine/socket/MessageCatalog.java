package dev.socketfactory.engine.socket;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The message catalogues that glibc translates its error texts with, found as
 * {@code gettext} finds them. On platforms without glibc there are none.
 */
final class MessageCatalog {

	private static final List<Path> ROOTS = List.of(Path.of("/usr/share/locale"),
			Path.of("/usr/share/locale-langpack"));

	private static final Pattern LOCALE = Pattern
		.compile("(?<language>[A-Za-z]+)(?<territory>_\\w+)?(?<codeset>\\.[\\w-]+)?(?<modifier>@[\\w=-]+)?");

	private final Map<String, String> environment;

	private final List<Path> roots;

	/**
	 * Create a catalogue.
	 * @param environment environment variables of the process
	 * @param roots folders that hold a folder for each locale, in order of precedence
	 */
	MessageCatalog(Map<String, String> environment, List<Path> roots) {
		this.environment = environment;
		this.roots = roots;
	}

	static MessageCatalog ofProcess() {
		return new MessageCatalog(System.getenv(), ROOTS);
	}

	/**
	 * Read the catalogues of the locale. A file that is missing or corrupt has no texts.
	 * @return translated texts by English text, empty if the locale is English
	 */
	Map<String, String> translations() {
		Map<String, String> translations = new HashMap<>();
		for (String name : folderNames()) {
			for (Path root : this.roots) {
				MoFile.read(root.resolve(name).resolve("LC_MESSAGES/libc.mo")).forEach(translations::putIfAbsent);
			}
		}
		return translations;
	}

	/**
	 * Return the names of the folders to look into.
	 * @return folder names in order of precedence
	 */
	Collection<String> folderNames() {
		Collection<String> names = new LinkedHashSet<>();
		for (String language : languages()) {
			Matcher matcher = LOCALE.matcher(language);
			if (matcher.matches()) {
				addFolderNames(names, matcher);
			}
		}
		return names;
	}

	private List<String> languages() {
		String locale = firstSet("LC_ALL", "LC_MESSAGES", "LANG");
		if (locale == null || locale.equals("C") || locale.equals("POSIX")) {
			return Collections.emptyList();
		}
		String languages = firstSet("LANGUAGE");
		return List.of(((languages != null) ? languages : locale).split(":"));
	}

	private @Nullable String firstSet(String... variables) {
		for (String variable : variables) {
			String value = this.environment.get(variable);
			if (value != null && !value.isEmpty()) {
				return value;
			}
		}
		return null;
	}

	private static void addFolderNames(Collection<String> names, Matcher locale) {
		String language = locale.group("language");
		for (String modifier : alternatives(locale.group("modifier"))) {
			for (String territory : alternatives(locale.group("territory"))) {
				for (String codeset : alternatives(locale.group("codeset"))) {
					names.add(language + territory + codeset + modifier);
				}
			}
		}
	}

	private static List<String> alternatives(@Nullable String part) {
		return (part != null) ? List.of(part, "") : List.of("");
	}

}
