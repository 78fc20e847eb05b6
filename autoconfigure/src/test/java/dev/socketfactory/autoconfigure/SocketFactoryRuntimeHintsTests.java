package dev.socketfactory.autoconfigure;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketFactoryRuntimeHints}.
 */
class SocketFactoryRuntimeHintsTests {

	@Test
	@EnabledOnOs(OS.LINUX)
	void errorNumbersOfThePlatformAreFound() throws ClassNotFoundException {
		RuntimeHints hints = hints();
		Class<?> errnos = ClassUtils.forName(
				"jnr.constants.platform.%s.Errno".formatted(System.getProperty("os.name").toLowerCase(Locale.ROOT)),
				null);
		assertThat(RuntimeHintsPredicates.reflection().onType(errnos)).accepts(hints);
	}

	@Test
	void servicesAreFound() {
		String services = "dev/socketfactory/engine/socket/services";
		assertThat(getClass().getClassLoader().getResource(services)).isNotNull();
		assertThat(RuntimeHintsPredicates.resource().forResource(services)).accepts(hints());
	}

	@Test
	void optionalDependenciesAreFound() throws ClassNotFoundException {
		RuntimeHints hints = hints();
		for (String name : new String[] { "org.newsclub.net.unix.AFUNIXDatagramChannel", "tlschannel.TlsChannel" }) {
			assertThat(RuntimeHintsPredicates.reflection().onType(ClassUtils.forName(name, null))).accepts(hints);
		}
	}

	@Test
	void modulesOfTheJdkAreFound() throws ClassNotFoundException {
		RuntimeHints hints = hints();
		for (String name : new String[] { "jdk.jfr.FlightRecorder", "jdk.net.ExtendedSocketOptions" }) {
			assertThat(RuntimeHintsPredicates.reflection().onType(ClassUtils.forName(name, null))).accepts(hints);
		}
	}

	private static RuntimeHints hints() {
		RuntimeHints hints = new RuntimeHints();
		assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
			.filteredOn(SocketFactoryRuntimeHints.class::isInstance)
			.singleElement()
			.satisfies((registrar) -> registrar.registerHints(hints, SocketFactoryRuntimeHints.class.getClassLoader()));
		return hints;
	}

}
