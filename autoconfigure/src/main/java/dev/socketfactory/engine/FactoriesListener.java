package dev.socketfactory.engine;

/**
 * Told of the factories of an application.
 *
 * @since 0.1.0
 */
public interface FactoriesListener {

	/**
	 * A factory was made.
	 * @param factory the factory
	 */
	void added(ManagedSocketFactory factory);

	/**
	 * A factory was closed by name and forgotten.
	 * @param factory the factory
	 */
	void removed(ManagedSocketFactory factory);

}
