package dev.socketfactory;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Reads the two ends of a specification.
 */
final class EndpointRules {

	/**
	 * Room of {@code sun_path} in
	 * <a href= "https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>, less what
	 * the JDK keeps for itself.
	 */
	private static final int LONGEST_PATH = isLinux() ? 106 : 102;

	/**
	 * What the private name, in which a socket waits for its mode, adds to its folder:
	 * {@code /.s123456/s}.
	 */
	private static final int PRIVATE_NAME = 11;

	private final SocketSpecBuilder spec;

	EndpointRules(SocketSpecBuilder spec) {
		this.spec = spec;
	}

	@Nullable SocketEndpoint bind() {
		SocketEndpoint given = endpoint("bind", this.spec.bindText, this.spec.bindEndpoint, EndpointParser.forBind());
		if (given != null || this.spec.kind == SocketKind.CLIENT || this.spec.type == SocketType.SOCK_DGRAM) {
			return given;
		}
		if (this.spec.domain == SocketDomain.AF_UNIX) {
			throw this.spec.invalid("bind", null, "a UNIX listener needs a path", "Write the path of the socket file");
		}
		return SocketEndpoint.ANY;
	}

	@Nullable SocketEndpoint remote() {
		if (this.spec.kind == SocketKind.LISTENER) {
			return null;
		}
		SocketEndpoint given = endpoint("remote", this.spec.remoteText, this.spec.remoteEndpoint,
				EndpointParser.forRemote());
		if (given == null) {
			throw this.spec.invalid("remote", null, "a client needs a remote end",
					(this.spec.domain == SocketDomain.AF_UNIX) ? "Write the path of a socket file"
							: "Write \"host:port\" or \"[address]:port\"");
		}
		return given;
	}

	private @Nullable SocketEndpoint endpoint(String key, @Nullable String text, @Nullable SocketEndpoint endpoint,
			EndpointParser parser) {
		boolean unix = this.spec.domain == SocketDomain.AF_UNIX;
		if (endpoint != null && unix != (endpoint.path() != null)) {
			throw this.spec.invalid(key, endpoint, "it is not an address of the domain " + this.spec.domain,
					unix ? "Give a UnixDomainSocketAddress" : "Give an InetSocketAddress");
		}
		String written = (text == null && endpoint != null) ? endpoint.path() : text;
		if (written == null) {
			return endpoint;
		}
		try {
			return unix ? path(written) : parser.parse(written);
		}
		catch (BadValueException ex) {
			throw this.spec.invalid(key, written, ex.getReason(), ex.getAction());
		}
	}

	private SocketEndpoint path(String text) {
		if (text.isBlank()) {
			throw new BadValueException("it is empty", "Write the path of a socket file");
		}
		try {
			checkLength(Path.of(text));
		}
		catch (InvalidPathException ex) {
			throw new BadValueException("it is not a path: " + ex.getReason(), "Write the path of a socket file");
		}
		return new SocketEndpoint(null, "0", text);
	}

	private void checkLength(Path path) {
		int length = bytes(path.toString());
		if (length > LONGEST_PATH) {
			throw new BadValueException("it has %d bytes, the system takes %d".formatted(length, LONGEST_PATH),
					"Write a path of at most %d bytes".formatted(LONGEST_PATH));
		}
		boolean privately = this.spec.unixMode != null && this.spec.kind == SocketKind.LISTENER
				&& this.spec.type == SocketType.SOCK_STREAM;
		Path folder = path.getParent();
		int privateLength = PRIVATE_NAME + ((folder != null) ? bytes(folder.toString()) : 0);
		if (privately && privateLength > LONGEST_PATH) {
			throw new BadValueException(
					"with unix.mode the socket is bound under a private name in the same folder first, which has %d bytes; the system takes %d"
						.formatted(privateLength, LONGEST_PATH),
					"Write a path in a folder of at most %d bytes".formatted(LONGEST_PATH - PRIVATE_NAME));
		}
	}

	private static int bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

	private static boolean isLinux() {
		return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
	}

}
