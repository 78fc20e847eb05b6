package dev.socketfactory;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReuseWords}: case 15.
 */
class ReuseWordsTests {

	@ParameterizedTest
	@ValueSource(strings = { "yes", "YES", "on", "On", "true", "TRUE", " on ", "1", "2", "-1", "+1", "01", "4294967296",
			"1.5", "0.1" })
	void whenWordMeansOnThenOn(String word) {
		assertThat(ReuseWords.isOn(word)).isTrue();
		assertThat(ReuseWords.isKnown(word)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "no", "NO", "off", "Off", "false", "0", "00", "-0", "0.0", "", " " })
	void whenWordMeansOffThenOff(String word) {
		assertThat(ReuseWords.isOn(word)).isFalse();
		assertThat(ReuseWords.isKnown(word)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "enabled", "y", "n", "o n", "1.", "1,5", "0x1", "no1", "off2", "10 yes", "--1", "null" })
	void whenWordIsUnknownThenOff(String word) {
		assertThat(ReuseWords.isOn(word)).isFalse();
		assertThat(ReuseWords.isKnown(word)).isFalse();
	}

}
