package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import javax.net.ssl.SSLSocketFactory;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;

@Component
class TlsLines {

	private final SSLSocketFactory tls;

	private final Duration patience;

	TlsLines(SslBundles bundles, @Value("${tls-lines.patience}") Duration patience) {
		this.tls = bundles.getBundle("lines").createSslContext().getSocketFactory();
		this.patience = patience;
	}

	@SocketEventListener(factory = "tls-lines")
	void serve(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel channel = event.claimBlockingChannel();
				Socket client = this.tls.createSocket(channel.socket(), null, true)) {
			client.setSoTimeout((int) this.patience.toMillis());
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			OutputStream out = client.getOutputStream();
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				out.write((line.toUpperCase(Locale.ROOT) + "\n").getBytes(StandardCharsets.UTF_8));
			}
		}
	}

}
