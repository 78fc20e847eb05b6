package dev.socketfactory.engine;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;

/**
 * A program that opens sockets of AF_INET6 and prints how they fail, for a JVM that was
 * started without IPv6. Used by {@link SocketErrnoProcessTests}.
 */
public final class WithoutIpv6 {

	static final List<SocketSpec> SPECS = List.of(listener("plain").build(),
			listener("options").options(Map.of("SO_RCVBUF", 65536)).build(),
			listener("accepted-options").acceptedOptions(Map.of("TCP_NODELAY", true)).build(),
			listener("datagram").type(SocketType.SOCK_DGRAM).options(Map.of("SO_RCVBUF", 65536)).build(),
			SocketSpec.client("client")
				.domain(SocketDomain.AF_INET6)
				.remote("[::1]:9")
				.options(Map.of("TCP_NODELAY", true))
				.build());

	private WithoutIpv6() {
	}

	public static void main(String[] args) {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			for (SocketSpec spec : SPECS) {
				ManagedSocketFactory factory = harness.startAny(spec);
				ClientHarness.awaitState(factory, SocketState.FAILED);
				SocketFailure failure = Objects.requireNonNull(factory.getLastFailure());
				System.out.println(String.join("|", "result", spec.getName(), failure.operation(),
						String.valueOf(failure.errno()), failure.errnoName()));
			}
		}
	}

	private static SocketSpecBuilder listener(String name) {
		return SocketSpec.listener(name).domain(SocketDomain.AF_INET6).bind("[::1]:0");
	}

}
