package dev.socketfactory.actuate;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryStatus;
import dev.socketfactory.engine.socket.ListenQueue;
import dev.socketfactory.engine.socket.ProcNet;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a factory for operators. What is not known or does not apply is left
 * out, also where the application's own mapper writes nulls, as over JMX.
 *
 * @param name its name
 * @param id its number
 * @param kind {@code listener} or {@code client}
 * @param domain communication domain
 * @param type communication semantics
 * @param protocol name or number of the protocol, {@code null} for UNIX sockets
 * @param state its state
 * @param localAddress address it is bound to, {@code null} while no socket is open
 * @param remote the other end of a client as it is configured, {@code null} if this is
 * not a client
 * @param remoteAddress address that a client is connected to, {@code null} while it is
 * not
 * @param pauseReasons why it does not accept
 * @param listenQueue its listen queue, {@code null} if this is not a listener
 * @param maxConnections how many connections may be open at once, {@code null} for any
 * number and if this is not a listener
 * @param lowWater at how many it accepts again, {@code null} for one less
 * @param connections its sockets
 * @param failures its failures
 * @param lastFailure its newest failure, {@code null} if there has been none
 * @since 0.1.0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SocketDescriptor(String name, long id, String kind, SocketDomain domain, SocketType type,
		@Nullable String protocol, SocketState state, @Nullable String localAddress, @Nullable String remote,
		@Nullable String remoteAddress, List<Reason> pauseReasons, @Nullable Queue listenQueue,
		@Nullable Integer maxConnections, @Nullable Integer lowWater, Connections connections, Failures failures,
		@Nullable Failure lastFailure) implements OperationResponseBody {

	/**
	 * Describe a factory.
	 * @param factory the factory
	 * @param tables what the system tells of its sockets
	 */
	static SocketDescriptor of(ManagedSocketFactory factory, ProcNet tables) {
		SocketSpec spec = factory.getSpec();
		SocketFactoryStatus status = factory.getStatus();
		SocketFactoryStatus.Limit limit = status.limit();
		String address = textOf(status.localAddress());
		List<Reason> reasons = status.pauseReasons()
			.entrySet()
			.stream()
			.map((reason) -> new Reason(reason.getKey().getName(), reason.getValue().since(), reason.getValue().by()))
			.toList();
		return new SocketDescriptor(spec.getName(), factory.getId(), spec.getKind().toString(), spec.getDomain(),
				spec.getType(), protocolOf(spec), status.state(), address, Objects.toString(spec.getRemote(), null),
				textOf(factory.getRemoteAddress()), reasons,
				Queue.of(status.listenQueue(), factory.getAcceptQueueDepth(tables)),
				(limit != null) ? limit.maxConnections() : null, (limit != null) ? limit.lowWater() : null,
				Connections.of(factory, status.connections()), Failures.of(status.failures()),
				Failure.of(status.lastFailure(), status.state() == SocketState.FAILED));
	}

	private static @Nullable String protocolOf(SocketSpec spec) {
		return (spec.getDomain() != SocketDomain.AF_UNIX) ? spec.getProtocol() : null;
	}

	private static @Nullable String textOf(@Nullable SocketAddress address) {
		return (address != null) ? SocketEndpoint.of(address).toString() : null;
	}

	/**
	 * A reason not to accept.
	 *
	 * @param reason its name
	 * @param since since when it holds
	 * @param by the user who has set it, {@code null} if that is not known
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Reason(String reason, Instant since, @Nullable String by) {

	}

	/**
	 * Numbers of sockets.
	 *
	 * @param active open at present
	 * @param total created since the application started
	 * @param unclaimed closed because nobody claimed them
	 * @param reset reset by the system because they were still in the listen queue when
	 * it was closed
	 * @param refused connections that were refused, {@code null} if this is not a stream
	 * listener
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Connections(int active, long total, long unclaimed, long reset, @Nullable Refused refused) {

		static Connections of(ManagedSocketFactory factory, SocketFactoryStatus.Connections numbers) {
			return new Connections(numbers.active(), numbers.total(), numbers.unclaimed(), numbers.reset(),
					SocketAction.PAUSE.isApplicableTo(factory) ? Refused.of(factory.getRefused()) : null);
		}

	}

	/**
	 * Numbers of refused connections.
	 *
	 * @param total all of them
	 * @param byReason by the reason
	 */
	public record Refused(long total, Map<String, Long> byReason) {

		static Refused of(Map<String, Long> byReason) {
			return new Refused(byReason.values().stream().mapToLong(Long::longValue).sum(), byReason);
		}

	}

	/**
	 * A listen queue.
	 *
	 * @param requested number of connections asked for
	 * @param effective number of connections the system grants
	 * @param depth number of connections that wait to be accepted, {@code null} if it is
	 * not known
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Queue(int requested, int effective, @Nullable Integer depth) {

		static @Nullable Queue of(@Nullable ListenQueue queue, @Nullable Integer depth) {
			return (queue != null) ? new Queue(queue.requested(), queue.effective(), depth) : null;
		}

	}

	/**
	 * Numbers of failures.
	 *
	 * @param total all of them
	 * @param byOperation by the system call that failed
	 */
	public record Failures(long total, Map<String, Long> byOperation) {

		static Failures of(Map<String, Long> byOperation) {
			return new Failures(byOperation.values().stream().mapToLong(Long::longValue).sum(), byOperation);
		}

	}

	/**
	 * A failure.
	 *
	 * @param operation the system call that failed
	 * @param errno number of the error, {@code 0} if it is unknown
	 * @param errnoName symbolic name of the error, empty if it is unknown
	 * @param message what happened
	 * @param time when it happened
	 * @param retryIn how long after that it is tried again, {@code null} if it is not, or
	 * has been
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Failure(String operation, int errno, String errnoName, String message, Instant time,
			@Nullable Duration retryIn) {

		static @Nullable Failure of(@Nullable SocketFailure failure, boolean waiting) {
			return (failure != null) ? new Failure(failure.operation(), failure.errno(), failure.errnoName(),
					failure.message(), failure.time(), waiting ? failure.retryIn() : null) : null;
		}

	}

}
