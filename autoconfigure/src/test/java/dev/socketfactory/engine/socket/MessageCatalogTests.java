package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MessageCatalog}.
 */
class MessageCatalogTests {

	@TempDir
	private Path root;

	@Test
	void whenLocaleHasTerritoryAndCodesetLooksFromSpecialToGeneral() {
		assertThat(folderNames(Map.of("LANG", "de_DE.UTF-8"))).containsExactly("de_DE.UTF-8", "de_DE", "de.UTF-8",
				"de");
	}

	@Test
	void whenLocaleHasModifierLooksWithItFirst() {
		assertThat(folderNames(Map.of("LANG", "sr_RS@latin"))).containsExactly("sr_RS@latin", "sr@latin", "sr_RS",
				"sr");
	}

	@Test
	void whenNothingIsSetLooksNowhere() {
		assertThat(folderNames(Collections.emptyMap())).isEmpty();
	}

	@Test
	void whenLcAllIsSetItWins() {
		assertThat(folderNames(Map.of("LC_ALL", "de", "LC_MESSAGES", "fr", "LANG", "it"))).containsExactly("de");
	}

	@Test
	void whenLcAllIsEmptyLcMessagesWins() {
		assertThat(folderNames(Map.of("LC_ALL", "", "LC_MESSAGES", "fr", "LANG", "it"))).containsExactly("fr");
	}

	@Test
	void whenOnlyLangIsSetItIsUsed() {
		assertThat(folderNames(Map.of("LC_CTYPE", "de", "LANG", "it"))).containsExactly("it");
	}

	@Test
	void whenLanguageIsSetItWinsInItsOrder() {
		assertThat(folderNames(Map.of("LANGUAGE", "fr:pt_BR:de", "LC_ALL", "it"))).containsExactly("fr", "pt_BR", "pt",
				"de");
	}

	@Test
	void whenLanguageIsEmptyLocaleIsUsed() {
		assertThat(folderNames(Map.of("LANGUAGE", "", "LC_ALL", "it"))).containsExactly("it");
	}

	@ParameterizedTest
	@ValueSource(strings = { "C", "POSIX" })
	void whenLocaleIsPosixLanguageIsIgnored(String locale) {
		assertThat(folderNames(Map.of("LANGUAGE", "de", "LC_ALL", locale))).isEmpty();
	}

	@Test
	void whenLocaleIsPosixWithCodesetLanguageIsUsed() {
		assertThat(folderNames(Map.of("LANGUAGE", "de", "LC_ALL", "C.UTF-8"))).containsExactly("de");
	}

	@ParameterizedTest
	@ValueSource(strings = { "../de", "/etc", "de/..", "..", ":" })
	void whenLocaleIsNoNameLooksNowhere(String locale) {
		assertThat(folderNames(Map.of("LC_ALL", locale))).isEmpty();
	}

	@Test
	void whenCataloguesOverlapMoreSpecialTextWins() throws IOException {
		write(this.root, "de_AT", "Broken pipe", "österreichisch");
		write(this.root, "de", "Broken pipe", "deutsch");
		write(this.root, "de", "Invalid argument", "ungültig");
		assertThat(catalog(Map.of("LANG", "de_AT.UTF-8")).translations()).containsExactlyInAnyOrderEntriesOf(
				Map.of("Broken pipe", "österreichisch", "Invalid argument", "ungültig"));
	}

	@Test
	void whenThereAreSeveralRootsLooksIntoAll() throws IOException {
		Path langpack = this.root.resolve("langpack");
		write(langpack, "de", "Broken pipe", "deutsch");
		MessageCatalog catalog = new MessageCatalog(Map.of("LANG", "de"), List.of(this.root, langpack));
		assertThat(catalog.translations()).containsEntry("Broken pipe", "deutsch");
	}

	@Test
	void whenCatalogueIsCorruptNextOneIsUsed() throws IOException {
		Path corrupt = write(this.root, "de_DE", "Broken pipe", "kaputt");
		Files.writeString(corrupt, "no catalogue");
		write(this.root, "de", "Broken pipe", "deutsch");
		assertThat(catalog(Map.of("LANG", "de_DE")).translations()).containsEntry("Broken pipe", "deutsch");
	}

	@Test
	void whenThereIsNoCatalogueHasNoTexts() {
		assertThat(catalog(Map.of("LANG", "de_DE")).translations()).isEmpty();
	}

	private Iterable<String> folderNames(Map<String, String> environment) {
		return catalog(environment).folderNames();
	}

	private MessageCatalog catalog(Map<String, String> environment) {
		return new MessageCatalog(environment, List.of(this.root));
	}

	private static Path write(Path root, String locale, String original, String translation) throws IOException {
		Path file = root.resolve(locale).resolve("LC_MESSAGES").resolve("libc.mo");
		MoFileBuilder builder = new MoFileBuilder();
		MoFile.read(file).forEach(builder::text);
		return builder.text(original, translation).write(file);
	}

}
