package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.event.DatagramSocketOpenedEvent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the threads of datagram handlers: junixsocket spins in a virtual one.
 */
class UnixDatagramThreadTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
		.withUserConfiguration(Handler.class);

	@TempDir
	private Path folder;

	@AfterEach
	void nothingIsLeft() {
		SocketThreads.awaitNone();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenJavaHasVirtualThreadsThenHandlersOfUnixDatagramsRunOnOthers() {
		this.runner
			.withPropertyValues("socket-factory.listeners.log.domain=AF_UNIX",
					"socket-factory.listeners.log.type=SOCK_DGRAM",
					"socket-factory.listeners.log.bind=" + this.folder.resolve("log"))
			.run((context) -> {
				Thread thread = context.getBean(Handler.class).threads.poll(5, TimeUnit.SECONDS);
				assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(false);
				Awaitility.await().until(() -> thread.getName().startsWith("socket-"));
				assertThat(thread.isDaemon()).isTrue();
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenJavaHasVirtualThreadsThenHandlersOfUdpRunOnThem() {
		this.runner
			.withPropertyValues("socket-factory.listeners.echo.type=SOCK_DGRAM",
					"socket-factory.listeners.echo.bind=127.0.0.1:0")
			.run((context) -> {
				Thread thread = context.getBean(Handler.class).threads.poll(5, TimeUnit.SECONDS);
				assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Handler {

		private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();

		@EventListener
		void opened(DatagramSocketOpenedEvent event) throws IOException {
			event.claimChannel().close();
			this.threads.add(Thread.currentThread());
		}

	}

}
