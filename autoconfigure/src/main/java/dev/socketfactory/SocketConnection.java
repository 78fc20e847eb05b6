package dev.socketfactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import javax.net.ssl.SSLSession;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * One connection, over TCP or a UNIX socket, plain or with TLS, for code that blocks on a
 * thread of its own. One thread may read while another one writes.
 * <p>
 * When the application is shut down, a thread that waits for the peer reads the end of
 * the input, as if the peer had closed its end; one that is at work reads what has
 * arrived, and then the end.
 * <p>
 * All methods that read or write throw a {@link SocketTimeoutException} when they have
 * waited for the peer as long as the idle timeout allows, and an
 * {@link java.io.EOFException} when a TLS peer has closed the connection without saying
 * so, because what it has sent may have been cut off.
 *
 * @since 0.1.0
 */
public interface SocketConnection extends ByteChannel {

	/**
	 * Return the bytes that the peer sends.
	 * @return the same stream every time; closing it closes the connection
	 */
	InputStream getInputStream();

	/**
	 * Return where to write bytes for the peer. What is written is sent at once.
	 * @return the same stream every time; closing it closes the connection
	 */
	OutputStream getOutputStream();

	/**
	 * Return the text that the peer sends, in UTF-8.
	 * @return the same reader every time
	 */
	default BufferedReader reader() {
		return reader(StandardCharsets.UTF_8);
	}

	/**
	 * Return the text that the peer sends. What is no text in the charset is read as
	 * {@code U+FFFD}.
	 * @param charset the charset
	 * @return the same reader every time
	 * @throws IllegalStateException if there is a reader with another charset, which may
	 * have read ahead
	 */
	BufferedReader reader(Charset charset);

	/**
	 * Return where to write text for the peer, in UTF-8.
	 * @return the same writer every time; {@link Writer#flush()} sends what was written
	 */
	default Writer writer() {
		return writer(StandardCharsets.UTF_8);
	}

	/**
	 * Return where to write text for the peer.
	 * @param charset the charset
	 * @return the same writer every time; {@link Writer#flush()} sends what was written
	 * @throws IllegalStateException if there is a writer with another charset
	 */
	Writer writer(Charset charset);

	/**
	 * Return the local address.
	 * @return the address, {@code null} if the connection is closed
	 */
	@Nullable SocketAddress getLocalAddress();

	/**
	 * Return the address of the peer.
	 * @return the address, {@code null} for a UNIX peer without a name
	 */
	@Nullable SocketAddress getRemoteAddress();

	/**
	 * Return the TLS session.
	 * @return the session, {@code null} if the connection has no TLS
	 */
	@Nullable SSLSession getSslSession();

	/**
	 * Return the user and the group of a UNIX peer, as they were when it connected:
	 * {@code SO_PEERCRED} of
	 * <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>. Their
	 * names are looked up, which may block.
	 * @return both, {@code null} if the peer is none of this machine's users or the
	 * system does not tell
	 */
	@Nullable UnixDomainPrincipal getPeer();

	/**
	 * Set how long a read or a write may wait for the peer. When that time has passed the
	 * connection is closed, without a TLS {@code close_notify}. The time is measured to a
	 * twentieth, at least 10 milliseconds and at most a second.
	 * @param timeout the time, {@code null} for any time
	 * @throws IllegalArgumentException if the time is not positive
	 */
	void setIdleTimeout(@Nullable Duration timeout);

	/**
	 * Say that nothing more will be sent, and go on reading. Over TLS this is a
	 * {@code close_notify}; with TLS 1.2 the peer has to close its direction as well then
	 * (<a href="https://www.rfc-editor.org/rfc/rfc5246#section-7.2.1">RFC 5246,
	 * 7.2.1</a>), so only TLS 1.3 has half-closed connections.
	 * @throws IOException if the connection is closed
	 */
	void shutdownOutput() throws IOException;

	/**
	 * Return the genuine channel underneath, in blocking mode.
	 * @return the channel
	 * @throws IllegalStateException if the connection has TLS
	 */
	SocketChannel getChannel();

	/**
	 * Close the connection, and tell the factory. Over TLS {@code close_notify} is sent
	 * first, for which the peer has a second.
	 * @throws IOException if that fails; the connection is closed all the same
	 */
	@Override
	void close() throws IOException;

}
