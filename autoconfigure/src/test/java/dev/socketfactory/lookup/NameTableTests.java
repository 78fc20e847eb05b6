package dev.socketfactory.lookup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link NameTable}.
 */
class NameTableTests {

	@TempDir
	private Path folder;

	@Test
	void whenFileExistsThenItIsTheOrigin() throws IOException {
		Path file = write("a 1");
		assertThat(NameTable.read(file, "b 2")).isEqualTo(new NameTable(file.toString(), List.of(entry("a", "1"))));
	}

	@Test
	void whenFileIsMissingThenBuiltInTextIsRead() throws IOException {
		Path file = this.folder.resolve("missing");
		assertThat(NameTable.read(file, "b 2")).isEqualTo(
				new NameTable("the built-in table that stands in for the missing " + file, List.of(entry("b", "2"))));
	}

	@Test
	void whenFileIsAFolderThenThrows() {
		assertThatIOException().isThrownBy(() -> NameTable.read(this.folder, "b 2"));
	}

	@Test
	void whenFileIsEmptyThenNoEntries() throws IOException {
		assertThat(entries("")).isEmpty();
	}

	@Test
	void whenSpacesAndTabsThenFields() throws IOException {
		assertThat(entries(" \ta\t \t1  x\ty \n")).containsExactly(entry("a", "1", "x", "y"));
	}

	@Test
	void whenCommentsThenTheyAreLeftOut() throws IOException {
		assertThat(entries("# a 1\nb 2#x\nc 3 y # z # z\n")).containsExactly(entry("b", "2"), entry("c", "3", "y"));
	}

	@Test
	void whenLineHasNoValueThenItIsSkipped() throws IOException {
		assertThat(entries("a\n\n  \nb # 2\nc 3")).containsExactly(entry("c", "3"));
	}

	@Test
	void whenLinesEndAsInWindowsThenEntries() throws IOException {
		assertThat(entries("a 1 x\r\nb 2\r\n")).containsExactly(entry("a", "1", "x"), entry("b", "2"));
	}

	@Test
	void whenFileIsNotUtf8ThenEntries() throws IOException {
		Path file = Files.write(this.folder.resolve("names"), "a 1 # gr\u00fcn".getBytes(StandardCharsets.ISO_8859_1));
		assertThat(NameTable.read(file, "").entries()).containsExactly(entry("a", "1"));
	}

	@Test
	void whenNameOrAliasThenNamedInOrder() throws IOException {
		NameTable table = NameTable.read(write("a 1 x\nb 2 a\nA 3 X\n"), "");
		assertThat(table.named("a")).containsExactly(entry("a", "1", "x"), entry("b", "2", "a"));
		assertThat(table.named("x")).containsExactly(entry("a", "1", "x"));
		assertThat(table.named("1")).isEmpty();
	}

	private List<NameTable.Entry> entries(String text) throws IOException {
		return NameTable.read(write(text), "").entries();
	}

	private Path write(String text) throws IOException {
		return Files.writeString(this.folder.resolve("names"), text);
	}

	private static NameTable.Entry entry(String name, String value, String... aliases) {
		return new NameTable.Entry(name, value, List.of(aliases));
	}

}
