package dev.socketfactory.autoconfigure;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.engine.admission.TlsBundle;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundles of the application, as they are at present. One that is reloaded is
 * used from then on; if that cannot be used, the old one is. Safe for use by any thread.
 */
final class TlsBundles implements Function<@Nullable String, TlsBundle> {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private static final String SYSTEM = "";

	private final ObjectProvider<SslBundles> bundles;

	private final Map<String, TlsBundle> current = new ConcurrentHashMap<>();

	TlsBundles(ObjectProvider<SslBundles> bundles) {
		this.bundles = bundles;
	}

	@Override
	public TlsBundle apply(@Nullable String name) {
		String key = (name != null) ? name : SYSTEM;
		TlsBundle bundle = this.current.get(key);
		return (bundle != null) ? bundle : this.current.computeIfAbsent(key, this::load);
	}

	private TlsBundle load(String name) {
		if (name.equals(SYSTEM)) {
			return bundleOf(SslBundle.systemDefault());
		}
		SslBundles all = this.bundles.getIfAvailable();
		if (all == null) {
			throw new NoSuchElementException("There are no SSL bundles in this application");
		}
		TlsBundle loaded = bundleOf(get(all, name));
		all.addBundleUpdateHandler(name, (updated) -> reload(name, updated));
		return loaded;
	}

	/**
	 * Return a bundle. The exception is the one that the engine knows.
	 */
	private static SslBundle get(SslBundles all, String name) {
		try {
			return all.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new NoSuchElementException("There is no SSL bundle '%s'".formatted(name), ex);
		}
	}

	/**
	 * Take a reloaded bundle. Nothing is thrown: the registry calls the other users of
	 * the bundle after this one.
	 */
	private void reload(String name, SslBundle updated) {
		try {
			this.current.put(name, bundleOf(updated));
			logger.info("SSL bundle '%s' was reloaded: connections use it from now on".formatted(name));
		}
		catch (RuntimeException | Error ex) {
			logger.error("SSL bundle '%s' was reloaded and cannot be used: connections go on using the old one"
				.formatted(name), ex);
		}
	}

	private static TlsBundle bundleOf(SslBundle bundle) {
		return new TlsBundle(bundle.createSslContext(), bundle.getOptions().getEnabledProtocols(),
				bundle.getOptions().getCiphers());
	}

}
