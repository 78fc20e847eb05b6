package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.channels.NetworkChannel;
import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;

/**
 * The checked options of a factory.
 *
 * @param own options of the socket that is opened
 * @param accepted options of accepted sockets
 * @since 0.1.0
 */
public record OptionSet(SocketOptions own, SocketOptions accepted) {

	/**
	 * Check the options of a specification.
	 * @param spec the specification
	 * @return its options, and those of accepted connections
	 * @throws InvalidSocketSpecException if there is no such option, or its value is
	 * wrong
	 */
	public static OptionSet of(SocketSpec spec) {
		if (spec.getDomain() == SocketDomain.AF_UNIX && spec.getType() == SocketType.SOCK_DGRAM
				&& !SocketChannels.hasUnixDatagrams()) {
			throw invalid(spec, "type", spec.getType(), "the JDK has no UNIX datagram sockets",
					"Add the dependency com.kohlschutter.junixsocket:junixsocket-core (type pom), or write SOCK_STREAM");
		}
		SocketOptions own = check(spec, "options", spec.getOptions(), () -> SocketChannels.open(spec));
		boolean accepts = spec.getKind() == SocketKind.LISTENER && spec.getType() == SocketType.SOCK_STREAM;
		return new OptionSet(own, accepts
				? check(spec, "accepted-options", spec.getAcceptedOptions(), () -> SocketChannels.openStream(spec))
				: SocketOptions.NONE);
	}

	private static SocketOptions check(SocketSpec spec, String key, Map<String, Object> values, ChannelOpener opener) {
		if (values.isEmpty()) {
			return SocketOptions.NONE;
		}
		rejectReuseAddress(spec, key, values);
		try (NetworkChannel probe = opener.open()) {
			SocketOptions options = SocketOptions.of(values, probe.supportedOptions());
			options.probe(probe);
			return options;
		}
		catch (SocketOptions.IllegalOptionException ex) {
			throw invalid(spec, key + "." + ex.name, ex.value, ex.reason, ex.action);
		}
		catch (IOException | UnsupportedOperationException | LinkageError ex) {
			// Depends on the machine: reported as a failure when the socket is opened
			return SocketOptions.unchecked(values);
		}
	}

	private static void rejectReuseAddress(SocketSpec spec, String key, Map<String, Object> values) {
		values.forEach((name, value) -> {
			if (name.replaceAll("[-._]", "").equalsIgnoreCase("SOREUSEADDR")) {
				throw invalid(spec, key + "." + name, value, "SO_REUSEADDR has a key of its own",
						"Write reuse: on, or reuse: off");
			}
		});
	}

	private static InvalidSocketSpecException invalid(SocketSpec spec, String key, Object value, String reason,
			String action) {
		return new InvalidSocketSpecException(spec.getKind(), spec.getName(), key, value, reason, action);
	}

	/**
	 * Opens a channel that is only asked for its options.
	 */
	private interface ChannelOpener {

		NetworkChannel open() throws IOException;

	}

}
