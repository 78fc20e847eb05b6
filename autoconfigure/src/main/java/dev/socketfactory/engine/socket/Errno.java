package dev.socketfactory.engine.socket;

/**
 * An error of a system call. Immutable, for any thread.
 *
 * @param number number of the error on this platform such as {@code 98}, {@code 0} if the
 * error is unknown
 * @param name symbolic name of the error such as {@code EADDRINUSE}, empty if the error
 * is unknown
 * @param text English text of the error, whatever the locale, empty if the error is
 * unknown
 * @since 0.1.0
 */
public record Errno(int number, String name, String text) {

	/**
	 * The error that could not be told, or that this platform does not have.
	 */
	public static final Errno UNKNOWN = new Errno(0, "", "");

}
