package dev.socketfactory;

import org.jspecify.annotations.Nullable;

/**
 * All socket factories of an application: those declared in the configuration and those
 * opened in code. They are closed with the application context.
 * <p>
 * All methods may be called from any thread. The iteration is over a snapshot, listeners
 * and clients in the order of their declaration.
 *
 * @since 0.1.0
 */
public interface SocketFactories extends Iterable<SocketFactory> {

	/**
	 * Return the factory with the given name.
	 * @param name name of the factory
	 * @return the factory
	 * @throws java.util.NoSuchElementException if there is none; the message lists those
	 * that exist
	 */
	SocketFactory get(String name);

	/**
	 * Return the factory with the given name, if there is one.
	 * @param name name of the factory
	 * @return the factory or {@code null}
	 */
	@Nullable SocketFactory find(String name);

	/**
	 * Make a factory and, unless its specification says otherwise, start it: at once if
	 * the application has been started, else together with the declared ones.
	 * @param spec what to make; {@link SocketFactoryCustomizer customizers} have their
	 * say first
	 * @return the factory
	 * @throws InvalidSocketSpecException if the name is taken, or a value cannot work on
	 * this kind of socket
	 * @throws IllegalStateException if the application context has been closed
	 */
	SocketFactory open(SocketSpec spec);

	/**
	 * Stop a factory that was made with {@link #open} and forget it. It starts no more,
	 * and connections that its {@link SocketFactory#connect()} has not made by then fail.
	 * @param name name of the factory
	 * @return whether there was such a factory
	 * @throws IllegalArgumentException if the factory was declared in the configuration:
	 * those live as long as the application context
	 */
	boolean close(String name);

}
