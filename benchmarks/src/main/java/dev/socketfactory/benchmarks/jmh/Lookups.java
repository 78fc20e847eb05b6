package dev.socketfactory.benchmarks.jmh;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.Errno;
import dev.socketfactory.engine.socket.ErrnoTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What it takes to tell an error number and to read an endpoint.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Lookups {

	private final ErrnoTable errnos = ErrnoTable.load();

	private final IOException tooManyFiles = new IOException("Too many open files");

	private final IOException refused = new ConnectException("Connection refused");

	private final IOException unknown = new IOException("Something that no system says");

	@Benchmark
	public Errno errnoByText() {
		return this.errnos.of(this.tooManyFiles);
	}

	@Benchmark
	public Errno errnoByClass() {
		return this.errnos.of(this.refused);
	}

	@Benchmark
	public Errno errnoUnknown() {
		return this.errnos.of(this.unknown);
	}

	@Benchmark
	public SocketSpec specWithIpv4Endpoint() {
		return SocketSpec.listener("peer").bind("127.0.0.1:12345").build();
	}

	@Benchmark
	public SocketSpec specWithIpv6Endpoint() {
		return SocketSpec.listener("peer").bind("[2001:db8::1]:12345").build();
	}

	@Benchmark
	public SocketSpec specWithPath() {
		return SocketSpec.listener("peer").bind("/run/peer.sock").build();
	}

	/**
	 * What the other three take besides the endpoint.
	 * @return the settings
	 */
	@Benchmark
	public SocketSpec specWithoutEndpoint() {
		return SocketSpec.listener("peer").build();
	}

}
