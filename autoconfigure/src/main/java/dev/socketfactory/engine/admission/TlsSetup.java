package dev.socketfactory.engine.admission;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SslEngineCustomizer;
import dev.socketfactory.SslSettings;
import org.jspecify.annotations.Nullable;
import tlschannel.ClientTlsChannel;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;
import tlschannel.TlsChannelBuilder;

import org.springframework.util.Assert;

/**
 * Makes TLS of the connections of one factory. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class TlsSetup {

	private static final TlsBuffers buffers = new TlsBuffers();

	private final SocketSpec spec;

	private final SslSettings settings;

	private final Function<@Nullable String, TlsBundle> bundles;

	private final List<SslEngineCustomizer> customizers;

	/**
	 * Create a setup.
	 * @param spec specification of the factory
	 * @param bundles returns the present state of a bundle by its name, {@code null} for
	 * that of the system
	 * @param customizers what is to see each engine
	 * @throws InvalidSocketSpecException if there is no such bundle, or it cannot be
	 * loaded
	 */
	public TlsSetup(SocketSpec spec, Function<@Nullable String, TlsBundle> bundles,
			List<SslEngineCustomizer> customizers) {
		SslSettings settings = spec.getSsl();
		Assert.state(settings != null, "The factory has no TLS");
		this.spec = spec;
		this.settings = settings;
		this.bundles = bundles;
		this.customizers = List.copyOf(customizers);
		// A bundle that does not exist or cannot be read is found now
		load("ssl.bundle", settings.bundle());
		settings.serverNameBundles().values().forEach((bundle) -> load("ssl.server-name-bundles", bundle));
	}

	private void load(String key, @Nullable String bundle) {
		try {
			this.bundles.apply(bundle);
		}
		catch (NoSuchElementException ex) {
			throw invalid(key, bundle, "there is no such SSL bundle",
					"Write the name of one that is below spring.ssl.bundle", ex);
		}
		catch (RuntimeException ex) {
			if (bundle == null) {
				throw ex;
			}
			throw invalid(key, bundle, "the SSL bundle cannot be loaded (%s)".formatted(ex.getMessage()),
					"Correct what spring.ssl.bundle says of it, or its files", ex);
		}
	}

	private InvalidSocketSpecException invalid(String key, @Nullable String bundle, String reason, String action,
			RuntimeException cause) {
		InvalidSocketSpecException invalid = new InvalidSocketSpecException(this.spec.getKind(), this.spec.getName(),
				key, bundle, reason, action);
		invalid.initCause(cause);
		return invalid;
	}

	/**
	 * Carry out the handshake, which blocks.
	 * @param bytes what is sent and received underneath
	 * @param inputEnded whether the input has been ended from this side
	 * @return the established TLS connection
	 * @throws IOException if the handshake fails; the peer has been told why then, and
	 * the connection is still open
	 */
	public TlsTransport handshake(ByteChannel bytes, BooleanSupplier inputEnded) throws IOException {
		TlsRecords records = new TlsRecords(bytes);
		TlsTransport transport = new TlsTransport(open(records), bytes, inputEnded);
		transport.handshake();
		records.refuseHandshakes();
		return transport;
	}

	private TlsChannel open(TlsRecords bytes) {
		if (this.spec.getKind() == SocketKind.CLIENT) {
			return withBuffers(ClientTlsChannel.newBuilder(bytes, clientEngine())).build();
		}
		Selection selection = new Selection();
		ServerTlsChannel.Builder builder = this.settings.serverNameBundles().isEmpty()
				? ServerTlsChannel.newBuilder(bytes, selection.select(this.settings.bundle()))
				: ServerTlsChannel.newBuilder(bytes, selection::byServerName);
		return withBuffers(builder).withEngineFactory((context) -> serverEngine(selection.bundle)).build();
	}

	private static <T extends TlsChannelBuilder<T>> T withBuffers(T builder) {
		return builder.withPlainBufferAllocator(buffers).withEncryptedBufferAllocator(buffers);
	}

	private SSLEngine clientEngine() {
		TlsBundle bundle = this.bundles.apply(this.settings.bundle());
		SocketEndpoint remote = this.spec.getRemote();
		Assert.state(remote != null, "A client has a remote end");
		String name = (this.settings.serverName() != null) ? this.settings.serverName() : remote.host();
		SSLEngine engine = bundle.context().createSSLEngine(name, remote.port());
		engine.setUseClientMode(true);
		bundle.applyTo(engine);
		SSLParameters parameters = engine.getSSLParameters();
		if (this.settings.serverName() != null) {
			parameters.setServerNames(List.of(new SNIHostName(this.settings.serverName())));
		}
		if (this.settings.verifyHostname()) {
			parameters.setEndpointIdentificationAlgorithm("HTTPS");
		}
		engine.setSSLParameters(parameters);
		return customized(engine);
	}

	private SSLEngine serverEngine(TlsBundle bundle) {
		SSLEngine engine = bundle.context().createSSLEngine();
		engine.setUseClientMode(false);
		bundle.applyTo(engine);
		switch (this.settings.clientAuth()) {
			case NEED -> engine.setNeedClientAuth(true);
			case WANT -> engine.setWantClientAuth(true);
			case NONE -> {
			}
		}
		return customized(engine);
	}

	private SSLEngine customized(SSLEngine engine) {
		this.customizers.forEach((customizer) -> customizer.customize(engine, this.spec));
		return engine;
	}

	/**
	 * Return the bundle for a name: that of the very name, or of a pattern that stands
	 * for one label more, or the one for all names.
	 */
	private @Nullable String bundleFor(String serverName) {
		String name = serverName.toLowerCase(Locale.ROOT);
		for (Map.Entry<String, String> entry : this.settings.serverNameBundles().entrySet()) {
			String pattern = entry.getKey().toLowerCase(Locale.ROOT);
			String parent = name.substring(name.indexOf('.') + 1);
			if (pattern.equals(name) || pattern.equals("*." + parent)) {
				return entry.getValue();
			}
		}
		return this.settings.bundle();
	}

	/**
	 * The bundle of one connection.
	 */
	private final class Selection {

		@SuppressWarnings("NullAway.Init")
		private TlsBundle bundle;

		SSLContext select(@Nullable String name) {
			this.bundle = TlsSetup.this.bundles.apply(name);
			return this.bundle.context();
		}

		Optional<SSLContext> byServerName(Optional<SNIServerName> requested) {
			String name = requested.filter(SNIHostName.class::isInstance)
				.map((server) -> ((SNIHostName) server).getAsciiName())
				.orElse("");
			return Optional.of(select(bundleFor(name)));
		}

	}

}
