package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Ports by service name, as getservbyname(3) finds them in a file of the format
 * <a href= "https://man7.org/linux/man-pages/man5/services.5.html">services(5)</a>. Where
 * the system has no such file a table of usual names stands in for it. The file is read
 * at each lookup, so a change takes effect at once; never on the event loop. Safe for use
 * by any thread.
 */
final class Services {

	private static final Path SYSTEM_FILE = Path.of("/etc/services");

	private static final int MAX_PORT = 65535;

	private final Path file;

	Services() {
		this(SYSTEM_FILE);
	}

	/**
	 * Create services that are read from a file.
	 * @param file the file, which does not have to exist
	 */
	Services(Path file) {
		this.file = file;
	}

	/**
	 * Return the port of a service.
	 * @param name the name or an alias of the service, in exactly this case
	 * @param protocol the protocol's name, such as {@code tcp}
	 * @param endpoint the endpoint that has the name, for messages
	 * @return the port, 0 to 65535
	 * @throws SocketOperationException if the service is not known for the protocol or
	 * the file cannot be read
	 */
	int port(String name, String protocol, Object endpoint) throws SocketOperationException {
		boolean exists = Files.exists(this.file);
		String origin = exists ? this.file.toString()
				: "the built-in table that stands in for the missing " + this.file;
		List<Service> services = read(name, endpoint).filter((service) -> service.isNamed(name)).toList();
		return services.stream()
			.filter((service) -> service.protocol().equals(protocol))
			.findFirst()
			.map(Service::port)
			.orElseThrow(() -> failure(endpoint, unknown(name, protocol, origin, services), null));
	}

	private Stream<Service> read(String name, Object endpoint) throws SocketOperationException {
		try {
			// Comments may be in any encoding and ISO-8859-1 never fails
			return Files.readString(this.file, StandardCharsets.ISO_8859_1).lines().flatMap(Service::parse);
		}
		catch (NoSuchFileException ex) {
			return builtIn().lines().flatMap(Service::parse);
		}
		catch (IOException ex) {
			throw failure(endpoint, "Service '%s' cannot be looked up in %s: %s".formatted(name, this.file, ex), ex);
		}
	}

	private static String builtIn() {
		try (InputStream table = Services.class.getResourceAsStream("services")) {
			Assert.state(table != null, "The table of services is missing");
			return new String(table.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String unknown(String name, String protocol, String origin, List<Service> others) {
		String message = "Service '%s' is not known for %s in %s".formatted(name, protocol, origin);
		return others.isEmpty() ? message
				: message + others.stream()
					.map(Service::protocol)
					.distinct()
					.collect(Collectors.joining(", ", " (it is known for ", ")"));
	}

	private static SocketOperationException failure(Object endpoint, String text, @Nullable Throwable cause) {
		return new SocketOperationException("getservbyname", endpoint, "EADDRNOTAVAIL", text, cause);
	}

	/**
	 * One line of the file.
	 */
	private record Service(List<String> names, int port, String protocol) {

		private static final Pattern VALUE = Pattern.compile("(\\d{1,5})/(\\S+)");

		/**
		 * Read a line: a name, the port and the protocol, aliases; {@code #} begins a
		 * comment.
		 */
		static Stream<Service> parse(String line) {
			String[] fields = line.replaceFirst("#.*", "").strip().split("\\s+");
			Matcher value = VALUE.matcher((fields.length > 1) ? fields[1] : "");
			if (!value.matches() || Integer.parseInt(value.group(1)) > MAX_PORT) {
				return Stream.empty();
			}
			List<String> names = Stream.concat(Stream.of(fields[0]), Arrays.stream(fields).skip(2)).toList();
			return Stream.of(new Service(names, Integer.parseInt(value.group(1)), value.group(2)));
		}

		boolean isNamed(String name) {
			return this.names.contains(name);
		}

	}

}
