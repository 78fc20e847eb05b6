package dev.socketfactory.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table in {@code docs/operations.md} of what can be observed.
 */
public final class ObservabilityTable {

	private static final Pattern ROW = Pattern
		.compile("\\| `((?:socket\\.factory|dev\\.socketfactory)\\.[a-zA-Z.]+)` \\|(.*)\\|");

	private ObservabilityTable() {
	}

	/**
	 * Read the rows of some types, by name.
	 */
	public static Map<String, Row> read(String... types) throws IOException {
		return Files.readAllLines(Path.of("../docs/operations.md"))
			.stream()
			.map(ROW::matcher)
			.filter(Matcher::matches)
			.filter((row) -> List.of(types).contains(row.group(2).split("\\|")[0].strip()))
			.map((row) -> Row.parse(row.group(1), row.group(2)))
			.collect(Collectors.toMap(Row::name, Function.identity(), Row::never, TreeMap::new));
	}

	/**
	 * A row.
	 */
	public record Row(String name, String type, String unit, Set<String> tags, Set<String> owners, String description) {

		private static Row parse(String name, String rest) {
			List<String> cells = Arrays.stream(rest.split("\\|")).map(String::strip).toList();
			assertThat(cells).as(name).hasSize(5);
			return new Row(name, cells.get(0), cells.get(1), words(cells.get(2)), words(cells.get(3)), cells.get(4));
		}

		/**
		 * Add the owners of a row that is the same apart from them.
		 */
		public Row merge(Row other) {
			assertThat(other.tags).as(this.name).isEqualTo(this.tags);
			Set<String> all = new TreeSet<>(this.owners);
			all.addAll(other.owners);
			return new Row(this.name, this.type, this.unit, this.tags, all, this.description);
		}

		private Row never(Row other) {
			throw new IllegalStateException(this.name + " is documented twice");
		}

		private static Set<String> words(String cell) {
			return Arrays.stream(cell.replace("`", "").split(",\\s*")).collect(Collectors.toCollection(TreeSet::new));
		}

	}

}
