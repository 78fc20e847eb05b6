package dev.socketfactory.test;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collection;
import java.util.Collections;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import tlschannel.ClientTlsChannel;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;
import tlschannel.WouldBlockException;

import org.springframework.boot.ssl.SslBundle;

/**
 * TLS over a non-blocking channel: reads and writes 0 bytes when it would block. This
 * class cannot be loaded where the library is missing that the sockets of the application
 * need for TLS themselves.
 */
final class TestTls implements ByteChannel {

	private final TlsChannel channel;

	private boolean outputClosed;

	private TestTls(TlsChannel channel) {
		this.channel = channel;
	}

	/**
	 * Return the side of a client that trusts the certificates of a listener, whatever
	 * their names, and has the key of the listener, if that asks for one.
	 */
	static TestTls toListener(SocketChannel bytes, SslBundle bundle, Collection<SslBundle> trusted)
			throws GeneralSecurityException, IOException {
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(certificates(trusted));
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(bundle.getManagers().getKeyManagers(), trust.getTrustManagers(), null);
		SSLEngine engine = context.createSSLEngine();
		engine.setUseClientMode(true);
		return new TestTls(ClientTlsChannel.newBuilder(bytes, engine).build());
	}

	/**
	 * Return the side of a server whose certificate is that of a bundle.
	 */
	static TestTls toClient(SocketChannel bytes, SslBundle bundle) {
		return new TestTls(ServerTlsChannel.newBuilder(bytes, bundle.createSslContext()).build());
	}

	/**
	 * Return whether a bundle has the key that a server needs.
	 */
	static boolean hasKey(SslBundle bundle) throws GeneralSecurityException {
		KeyStore keys = bundle.getStores().getKeyStore();
		if (keys == null) {
			return false;
		}
		for (String alias : Collections.list(keys.aliases())) {
			if (keys.isKeyEntry(alias)) {
				return true;
			}
		}
		return false;
	}

	private static KeyStore certificates(Collection<SslBundle> bundles) throws GeneralSecurityException, IOException {
		KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
		certificates.load(null, null);
		for (SslBundle bundle : bundles) {
			addAll(certificates, bundle.getStores().getKeyStore());
			addAll(certificates, bundle.getStores().getTrustStore());
		}
		return certificates;
	}

	private static void addAll(KeyStore target, @Nullable KeyStore source) throws GeneralSecurityException {
		if (source != null) {
			for (String alias : Collections.list(source.aliases())) {
				Certificate[] chain = source.getCertificateChain(alias);
				Certificate certificate = (chain != null) ? chain[0] : source.getCertificate(alias);
				target.setCertificateEntry("certificate-" + target.size(), certificate);
			}
		}
	}

	/**
	 * Go on with the handshake.
	 * @return whether it is over
	 */
	boolean handshake() throws IOException {
		try {
			this.channel.handshake();
			return true;
		}
		catch (WouldBlockException ex) {
			return false;
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		try {
			int count = this.channel.read(target);
			if (count < 0 && !this.channel.shutdownReceived()) {
				throw new EOFException("it was closed without a close_notify");
			}
			return count;
		}
		catch (WouldBlockException ex) {
			return 0;
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		int before = source.remaining();
		try {
			this.channel.write(source);
		}
		catch (WouldBlockException ex) {
			// What was not taken is tried again
		}
		return before - source.remaining();
	}

	/**
	 * Send {@code close_notify}, past the library, which reads nothing any more after its
	 * own.
	 * @throws IOException if the connection is closed, or the other end takes nothing
	 */
	void shutdownOutput() throws IOException {
		SSLEngine engine = this.channel.getSslEngine();
		engine.closeOutbound();
		ByteBuffer alert = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), alert);
		this.channel.getUnderlying().write(alert.flip());
		this.outputClosed = true;
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	@Override
	public void close() throws IOException {
		if (this.outputClosed) {
			this.channel.getUnderlying().close();
		}
		else {
			this.channel.close();
		}
	}

}
