package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@code fail-fast}: what a person gets to read, and that nothing is left.
 */
@ExtendWith(OutputCaptureExtension.class)
@EnabledOnOs(OS.LINUX)
class FailFastTests {

	private static final InetSocketAddress FREE_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private static final String WITHOUT = " To start the application without this listener, set"
			+ " 'socket-factory.listeners.rot13.fail-fast' to false, let it try again by 'retry.max-retries', or handle its"
			+ " SocketFailureEvent.";

	@AfterEach
	void nothingIsLeft() {
		SocketThreads.awaitNone();
	}

	@Test
	void whenAnotherListenerHoldsThePortThenStopsWithAnalysis(CapturedOutput output) throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT)) {
			String address = text(other);
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(() -> run(true, address).close())
				.havingCause()
				.isInstanceOf(ListenerStartException.class)
				.withMessage("Listener 'rot13' could not be opened: bind " + address
						+ ": Address already in use; another listener holds the port");
			assertThat(analysisIn(output)).isEqualTo(analysis(
					"listener 'rot13' could not bind " + address
							+ ": Address already in use; another listener holds the port (EADDRINUSE)",
					"Stop what uses the address, or choose another one." + WITHOUT));
		}
	}

	@Test
	void whenConnectionsThatAreLeftHoldThePortThenAnalysisSaysSo(CapturedOutput output) throws Exception {
		ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT);
		String address = text(other);
		try (SocketChannel client = SocketChannel.open(other.getLocalAddress());
				SocketChannel accepted = other.accept()) {
			other.close();
			assertThat(client.isConnected() && accepted.isConnected()).isTrue();
			assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(() -> run(true, address).close());
			assertThat(analysisIn(output)).isEqualTo(analysis("listener 'rot13' could not bind " + address
					+ ": Address already in use; nothing listens on the port, but connections of an earlier listener hold it:"
					+ " 'reuse: on', there and here, would help (EADDRINUSE)",
					"Wait until the connections that are left have gone, or set 'reuse: on', which has to be set when they"
							+ " are accepted too." + WITHOUT));
		}
		finally {
			other.close();
		}
	}

	@Test
	void whenNameIsUnknownThenStopsWithAnalysis(CapturedOutput output) {
		assertThatExceptionOfType(ApplicationContextException.class)
			.isThrownBy(() -> run(true, "no-such-host.invalid:0").close());
		assertThat(analysisIn(output))
			.startsWith("Description: listener 'rot13' could not be opened: getaddrinfo failed: ")
			.endsWith("(EADDRNOTAVAIL) Action: Bind to a name that this machine can look up, or to an address."
					+ WITHOUT);
	}

	@Test
	void whenAHandlerIsRunningThenItIsNotWaitedFor(CapturedOutput output) throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT)) {
			// The start may have failed before the handler begins
			await().until(() -> handlerBeginsAndEnds(text(other)));
			assertThat(output).doesNotContain("still running after timeout");
		}
	}

	private static boolean handlerBeginsAndEnds(String usedAddress) throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		assertThatExceptionOfType(ApplicationContextException.class).isThrownBy(() -> builder(true, usedAddress)
			.properties("spring.threads.virtual.enabled=false", "socket-factory.listeners.echo.type=SOCK_DGRAM",
					"socket-factory.listeners.echo.bind=127.0.0.1:0")
			.initializers((context) -> context.addApplicationListener((event) -> {
				if (event instanceof DatagramSocketOpenedEvent opened) {
					try {
						receiveUntilClosed(opened, begun);
					}
					finally {
						ended.countDown();
					}
				}
			}))
			.run()
			.close());
		return begun.getCount() == 0 && ended.await(10, TimeUnit.SECONDS);
	}

	private static void receiveUntilClosed(DatagramSocketOpenedEvent opened, CountDownLatch begun) {
		try (DatagramChannel channel = opened.claimBlockingChannel()) {
			begun.countDown();
			channel.receive(ByteBuffer.allocate(1));
		}
		catch (IOException ex) {
			// It has been closed
		}
	}

	@Test
	void whenNamesAreFoundThenRuns() {
		try (ConfigurableApplicationContext context = run(true, "localhost:0")) {
			assertThat(context.getBean("rot13SocketFactory", SocketFactory.class).getState())
				.isEqualTo(SocketState.LISTENING);
		}
	}

	@Test
	void whenNotFailFastThenApplicationRuns(CapturedOutput output) throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT);
				ConfigurableApplicationContext context = run(false, text(other))) {
			assertThat(context.getBean("rot13SocketFactory", SocketFactory.class).getState())
				.isEqualTo(SocketState.FAILED);
			assertThat(context.getBean("goodSocketFactory", SocketFactory.class).getState())
				.isEqualTo(SocketState.LISTENING);
		}
		assertThat(output.getOut()).doesNotContain("APPLICATION FAILED TO START");
	}

	private static String analysis(String description, String action) {
		return "Description: %s Action: %s".formatted(description, action);
	}

	private static String analysisIn(CapturedOutput output) {
		String out = output.getOut();
		assertThat(out).contains("APPLICATION FAILED TO START");
		return out.substring(out.indexOf("Description:", out.indexOf("APPLICATION FAILED TO START")))
			.strip()
			.replaceAll("\\s+", " ");
	}

	private static String text(ServerSocketChannel server) throws Exception {
		return "127.0.0.1:" + ((InetSocketAddress) Objects.requireNonNull(server.getLocalAddress())).getPort();
	}

	private static ConfigurableApplicationContext run(boolean failFast, String bind) {
		return builder(failFast, bind).run();
	}

	private static SpringApplicationBuilder builder(boolean failFast, String bind) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "socket-factory.fail-fast=" + failFast,
					"socket-factory.listeners.good.bind=127.0.0.1:0", "socket-factory.listeners.rot13.bind=" + bind);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	static class Application {

	}

}
