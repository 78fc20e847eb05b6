package dev.socketfactory;

import java.time.Duration;
import java.util.List;

import org.springframework.util.Assert;

/**
 * Proxies in front of a listener, which say who their client is:
 * <a href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">the PROXY
 * protocol</a>.
 *
 * @param trusted addresses and networks of the proxies, such as {@code 10.0.0.0/8}; a
 * peer with another address is refused. Peers of a UNIX socket are trusted
 * @param timeout how long the header may take
 * @since 0.1.0
 */
public record ProxyProtocolSettings(List<String> trusted, Duration timeout) {

	public ProxyProtocolSettings {
		trusted = List.copyOf(trusted);
		Assert.notNull(timeout, "'timeout' must not be null");
	}

	/**
	 * Return settings with a timeout of five seconds.
	 * @param trusted addresses and networks of the proxies
	 * @return the settings
	 */
	public static ProxyProtocolSettings of(List<String> trusted) {
		return new ProxyProtocolSettings(trusted, Duration.ofSeconds(5));
	}

}
