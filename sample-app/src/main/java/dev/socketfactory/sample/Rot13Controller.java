package dev.socketfactory.sample;

import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends a line of the page through the rot13 listener, like any client.
 */
@RestController
class Rot13Controller {

	private static final int LONGEST = 200;

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private final ObjectProvider<SocketFactory> page;

	// With socket-factory.enabled=false there is no factory, and the page still shows.
	Rot13Controller(@Qualifier("pageSocketFactory") ObjectProvider<SocketFactory> page) {
		this.page = page;
	}

	@PostMapping(path = "/rot13", consumes = MediaType.TEXT_PLAIN_VALUE, produces = MediaType.TEXT_PLAIN_VALUE)
	CompletableFuture<ResponseEntity<String>> rot13(@RequestBody(required = false) String line) {
		if (line == null || line.length() > LONGEST || line.lines().count() > 1) {
			return CompletableFuture.completedFuture(
					ResponseEntity.badRequest().body("Send one line of at most %d characters".formatted(LONGEST)));
		}
		SocketFactory factory = this.page.getIfAvailable();
		if (factory == null) {
			return CompletableFuture.completedFuture(
					ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("No sockets are open here"));
		}
		return factory.connect().thenApplyAsync((server) -> ask(server, line)).exceptionally(Rot13Controller::noAnswer);
	}

	private static ResponseEntity<String> ask(SocketConnection server, String line) {
		try (server) {
			server.setIdleTimeout(PATIENCE);
			Writer out = server.writer();
			out.write(line + "\n");
			out.flush();
			return ResponseEntity.ok(String.valueOf(server.reader().readLine()));
		}
		catch (IOException ex) {
			throw new CompletionException(ex);
		}
	}

	private static ResponseEntity<String> noAnswer(Throwable failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		return ResponseEntity.status(HttpStatus.BAD_GATEWAY).body(cause.getMessage());
	}

}
