package dev.socketfactory.sample;

import java.io.IOException;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler logs and calls belongs to one trace.
 */
@SpringBootTest(
		properties = { "socket-factory.observation.enabled=true", "socket-factory.listeners.traced.bind=127.0.0.1:0" })
@AutoConfigureTestSockets
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class TracingTests {

	@Autowired
	private TestSockets sockets;

	@Test
	void logLinesOfAHandlerCarryTheTraceOfItsConnection(CapturedOutput output) throws IOException {
		String trace;
		String next;
		try (TestConnection client = this.sockets.connect("traced")) {
			trace = client.readLine();
		}
		try (TestConnection client = this.sockets.connect("traced")) {
			next = client.readLine();
		}
		assertThat(trace).hasSize(32).isNotEqualTo(next);
		assertThat(output.getOut().lines().filter((line) -> line.endsWith("Serving a client")))
			.satisfiesExactly((line) -> assertThat(line).contains(trace), (line) -> assertThat(line).contains(next));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Handlers {

		private static final Log logger = LogFactory.getLog(Handlers.class);

		private final Tracer tracer;

		Handlers(Tracer tracer) {
			this.tracer = tracer;
		}

		@SocketEventListener("traced")
		void serve(SocketConnection connection) throws IOException {
			logger.info("Serving a client");
			Span span = this.tracer.currentSpan();
			connection.writer().write(((span != null) ? span.context().traceId() : "no trace") + "\n");
			connection.writer().flush();
		}

	}

}
