package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MoFile}.
 */
class MoFileTests {

	private static final int COUNT_FIELD = 8;

	private static final int ORIGINALS_FIELD = 12;

	private static final int TRANSLATIONS_FIELD = 16;

	private static final int FIRST_LENGTH = 28;

	private static final int FIRST_OFFSET = 32;

	@TempDir
	private Path folder;

	private Path file;

	@BeforeEach
	void setUp() {
		this.file = this.folder.resolve("libc.mo");
	}

	@ParameterizedTest
	@MethodSource("byteOrders")
	void whenByteOrderIsEitherReadsTexts(ByteOrder byteOrder) throws IOException {
		catalogue().byteOrder(byteOrder).write(this.file);
		assertThat(MoFile.read(this.file)).hasSize(2)
			.containsEntry("Invalid argument", "Das Argument ist ungültig")
			.containsEntry("Broken pipe", "Datenübergabe unterbrochen (broken pipe)");
	}

	static Stream<ByteOrder> byteOrders() {
		return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
	}

	@Test
	void whenHeaderNamesCharsetDecodesWithIt() throws IOException {
		catalogue().charset(StandardCharsets.ISO_8859_1).write(this.file);
		assertThat(MoFile.read(this.file)).containsEntry("Invalid argument", "Das Argument ist ungültig");
	}

	@Test
	void whenHeaderIsMissingDecodesAsUtf8() throws IOException {
		catalogue().withoutHeader().write(this.file);
		assertThat(MoFile.read(this.file)).containsEntry("Invalid argument", "Das Argument ist ungültig");
	}

	@Test
	void whenTextHasPluralFormsReadsTheFirst() throws IOException {
		new MoFileBuilder().text("one\0many", "eins\0viele").write(this.file);
		assertThat(MoFile.read(this.file)).containsExactlyEntriesOf(Map.of("one", "eins"));
	}

	@Test
	void whenCatalogueHasOnlyHeaderIsEmpty() throws IOException {
		new MoFileBuilder().write(this.file);
		assertThat(MoFile.read(this.file)).isEmpty();
	}

	@Test
	void whenFileIsMissingIsEmpty() {
		assertThat(MoFile.read(this.file)).isEmpty();
	}

	@Test
	void whenFileIsFolderIsEmpty() {
		assertThat(MoFile.read(this.folder)).isEmpty();
	}

	@Test
	void whenFileIsOfAnotherKindIsEmpty() throws IOException {
		Files.writeString(this.file, "This is no message catalogue, however long it is.");
		assertThat(MoFile.read(this.file)).isEmpty();
	}

	@Test
	void whenRevisionIsUnknownIsEmpty() throws IOException {
		assertThatIsEmptyWith(4, 2 << 16);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1000, 0x10000000, Integer.MAX_VALUE, Integer.MIN_VALUE })
	void whenCountIsWrongIsEmpty(int count) throws IOException {
		assertThatIsEmptyWith(COUNT_FIELD, count);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 100000, Integer.MAX_VALUE, Integer.MIN_VALUE })
	void whenTableIsOutsideFileIsEmpty(int offset) throws IOException {
		assertThatIsEmptyWith(ORIGINALS_FIELD, offset);
		assertThatIsEmptyWith(TRANSLATIONS_FIELD, offset);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 100000, Integer.MAX_VALUE, Integer.MIN_VALUE })
	void whenTextIsOutsideFileIsEmpty(int value) throws IOException {
		assertThatIsEmptyWith(FIRST_LENGTH, value);
		assertThatIsEmptyWith(FIRST_OFFSET, value);
	}

	@Test
	void whenCharsetIsUnknownIsEmpty() throws IOException {
		catalogue().header("Content-Type: text/plain; charset=no-such-charset\n").write(this.file);
		assertThat(MoFile.read(this.file)).isEmpty();
	}

	@Test
	void whenFileIsCutShortIsEmpty() throws IOException {
		byte[] whole = catalogue().build();
		int endOfLastText = whole.length - 1;
		for (int length = 0; length < endOfLastText; length++) {
			Files.write(this.file, Arrays.copyOf(whole, length));
			assertThat(MoFile.read(this.file)).as("%d bytes", length).isEmpty();
		}
	}

	@Test
	void whenBytesAreRandomDoesNotThrow() throws IOException {
		Random random = new Random(42);
		byte[] whole = catalogue().build();
		for (int round = 0; round < 500; round++) {
			byte[] damaged = whole.clone();
			for (int i = 0; i < 4; i++) {
				damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
			}
			Files.write(this.file, damaged);
			assertThat(MoFile.read(this.file)).as("round %d", round).isNotNull();
		}
	}

	private void assertThatIsEmptyWith(int field, int value) throws IOException {
		byte[] bytes = catalogue().build();
		ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(field, value);
		Files.write(this.file, bytes);
		assertThat(MoFile.read(this.file)).isEmpty();
	}

	private static MoFileBuilder catalogue() {
		return new MoFileBuilder().text("Invalid argument", "Das Argument ist ungültig")
			.text("Broken pipe", "Datenübergabe unterbrochen (broken pipe)");
	}

}
