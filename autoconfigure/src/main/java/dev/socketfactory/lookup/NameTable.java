package dev.socketfactory.lookup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Table of names as in services(5) and protocols(5): a line holds a name, a value and
 * aliases, and a {@code #} starts a comment. Lines without a value are skipped.
 *
 * @param origin where the table comes from, for messages
 * @param entries the entries in the order of the lines
 */
record NameTable(String origin, List<Entry> entries) {

	/**
	 * Read the table from a file, or from a built-in text when there is no such file.
	 * @param file the file
	 * @param builtIn lines of the same format
	 * @return the table
	 * @throws IOException if the file exists but cannot be read
	 */
	static NameTable read(Path file, String builtIn) throws IOException {
		try {
			// Comments may be in any encoding and ISO-8859-1 never fails
			return parse(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
		}
		catch (NoSuchFileException ex) {
			return parse("the built-in table that stands in for the missing " + file, builtIn);
		}
	}

	private static NameTable parse(String origin, String text) {
		return new NameTable(origin, text.lines().flatMap(NameTable::parseLine).toList());
	}

	private static Stream<Entry> parseLine(String line) {
		String[] fields = line.replaceFirst("#.*", "").strip().split("\\s+");
		if (fields.length < 2) {
			return Stream.empty();
		}
		List<String> aliases = List.of(fields).subList(2, fields.length);
		return Stream.of(new Entry(fields[0], fields[1], aliases));
	}

	/**
	 * Return the entries that have a name.
	 * @param name the name or an alias, in exactly this case
	 * @return the entries in the order of the lines
	 */
	Stream<Entry> named(String name) {
		return this.entries.stream().filter((entry) -> entry.isNamed(name));
	}

	/**
	 * One line of the table.
	 *
	 * @param name the official name
	 * @param value the value as text
	 * @param aliases further names
	 */
	record Entry(String name, String value, List<String> aliases) {

		private boolean isNamed(String name) {
			return this.name.equals(name) || this.aliases.contains(name);
		}

	}

}
