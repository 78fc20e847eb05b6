package dev.socketfactory.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What is found by its name: the error numbers of the platform, the table of services,
 * and whether the optional dependencies, and modules of the JDK, are there.
 */
class SocketFactoryRuntimeHints implements RuntimeHintsRegistrar {

	/**
	 * Platforms of native images; "fake" has no numbers and is for all others.
	 */
	private static final List<String> PLATFORMS = List.of("linux", "linux.aarch64", "darwin", "windows", "fake");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String platform : PLATFORMS) {
			hints.reflection()
				.registerTypeIfPresent(classLoader, "jnr.constants.platform.%s.Errno".formatted(platform),
						MemberCategory.ACCESS_DECLARED_FIELDS, MemberCategory.INVOKE_DECLARED_METHODS);
		}
		hints.reflection().registerTypeIfPresent(classLoader, "org.newsclub.net.unix.AFUNIXDatagramChannel");
		hints.reflection().registerTypeIfPresent(classLoader, "tlschannel.TlsChannel");
		hints.reflection().registerTypeIfPresent(classLoader, "jdk.jfr.FlightRecorder");
		hints.reflection().registerTypeIfPresent(classLoader, "jdk.net.ExtendedSocketOptions");
		hints.reflection().registerTypeIfPresent(classLoader, "com.sun.management.UnixOperatingSystemMXBean");
		hints.resources().registerPattern("dev/socketfactory/engine/socket/services");
	}

}
