package dev.socketfactory;

/**
 * Callback for beans that change the specification of a socket before it is opened,
 * whether it was declared in the configuration or made in code.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SocketFactoryCustomizer {

	/**
	 * Change a specification. Called once for every factory, in the order of the beans,
	 * on the thread that makes the factory. An exception, or a value that turns out to be
	 * wrong, ends the start of the application or {@link SocketFactories#open}.
	 * @param spec builder that holds the specification so far; its
	 * {@link SocketSpecBuilder#getKind() kind} and {@link SocketSpecBuilder#getName()
	 * name} tell which it is
	 */
	void customize(SocketSpecBuilder spec);

}
