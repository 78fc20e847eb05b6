package dev.socketfactory.engine;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.meter.FactoryMeters;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SocketFactory} as operators see it.
 *
 * @since 0.1.0
 */
public interface ManagedSocketFactory extends SocketFactory {

	/**
	 * Return what the factory was made from.
	 * @return the specification, customizers included
	 */
	SocketSpec getSpec();

	/**
	 * Return what there is to know about the factory at this moment.
	 * @return a snapshot
	 */
	SocketFactoryStatus getStatus();

	/**
	 * Return what the factory has counted, which costs less than the whole status.
	 * @return a snapshot
	 */
	SocketFactoryStatus.Connections getConnections();

	/**
	 * Return how many handlers have thrown an exception.
	 * @return their number
	 */
	long getHandlerErrors();

	/**
	 * Change both numbers of the limit of a stream listener at once.
	 * @param maxConnections how many connections may be open, {@code null} for any number
	 * @param lowWater at how many it accepts again, {@code null} for one less
	 * @throws IllegalArgumentException if the numbers are negative or do not fit
	 * together; nothing is changed then
	 * @throws IllegalStateException if this is not a stream listener
	 */
	void setLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater);

	/**
	 * Send measurements somewhere, too.
	 * @param meters takes the measurements
	 */
	void addMeters(FactoryMeters meters);

	/**
	 * Send measurements somewhere no longer.
	 * @param meters what took the measurements
	 */
	void removeMeters(FactoryMeters meters);

}
