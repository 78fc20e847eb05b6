package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.SocketFactoriesLifecycle;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketFactoryAutoConfiguration}.
 */
class SocketFactoryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class));

	private final ApplicationContextRunner rot13 = this.runner.withPropertyValues(
			"socket-factory.listeners.rot13.bind=127.0.0.1:0", "socket-factory.listeners.rot13.unclaimed-timeout=50ms");

	@AfterEach
	void nothingIsLeft() {
		SocketThreads.awaitNone();
	}

	@Test
	void everyEntryIsABean() {
		this.rot13.withPropertyValues("socket-factory.listeners.time-server.bind=127.0.0.1:0").run((context) -> {
			assertThat(context).getBeanNames(SocketFactory.class)
				.containsExactlyInAnyOrder("rot13SocketFactory", "timeServerSocketFactory");
			assertThat(context.getBean("timeServerSocketFactory", SocketFactory.class).getName())
				.isEqualTo("time-server");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "ssl.bundle", "ssl.server-name-bundles" })
	void whenABundleDoesNotExistThenItsKeyIsBlamed(String key) {
		this.rot13.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues("spring.ssl.bundle.jks.server.protocol=TLS",
					"socket-factory.listeners.rot13.ssl.bundle=" + (key.equals("ssl.bundle") ? "nowhere" : "server"),
					"socket-factory.listeners.rot13.ssl.server-name-bundles[0].server-name=example.org",
					"socket-factory.listeners.rot13.ssl.server-name-bundles[0].bundle=nowhere")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(
						"listener 'rot13': %s 'nowhere': there is no such SSL bundle.".formatted(key)));
	}

	@Test
	void factoryIsInjectedByParameterName() {
		this.rot13.withPropertyValues("socket-factory.listeners.time-server.bind=127.0.0.1:0")
			.withUserConfiguration(ByParameterName.class)
			.run((context) -> assertThat(context.getBean(Names.class).names()).containsExactly("rot13", "time-server"));
	}

	@Test
	void factoriesAreFoundByName() {
		this.rot13.withPropertyValues("socket-factory.listeners.time-server.bind=127.0.0.1:0").run((context) -> {
			SocketFactories factories = context.getBean(SocketFactories.class);
			assertThat(factories.get("rot13")).isSameAs(context.getBean("rot13SocketFactory"));
			assertThat(factories.find("time-server")).isSameAs(context.getBean("timeServerSocketFactory"));
			assertThat(factories.find("nope")).isNull();
			assertThat(factories).extracting(SocketFactory::getName).containsExactlyInAnyOrder("rot13", "time-server");
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> factories.get("nope"))
				.withMessage("There is no socket factory 'nope'; there are [%s]"
					.formatted(String.join(", ", namesOf(factories))));
		});
	}

	@Test
	void factoryIsOpenedAndClosedInCode() {
		this.rot13.run((context) -> {
			SocketFactories factories = context.getBean(SocketFactories.class);
			SocketFactory opened = factories.open(SocketSpec.listener("made").bind("127.0.0.1:0").build());
			assertThat(opened.getState()).isEqualTo(SocketState.LISTENING);
			assertThat(portOf(opened))
				.isEqualTo(context.getEnvironment().getProperty("local.socket.made.port", int.class));
			assertThat(namesOf(factories)).containsExactly("rot13", "made");
			assertThat(factories.close("made")).isTrue();
			assertThat(opened.getState()).isEqualTo(SocketState.STOPPED);
			assertThat(factories.find("made")).isNull();
			assertThat(factories.close("made")).isFalse();
			assertThatIllegalArgumentException().isThrownBy(() -> factories.close("rot13"))
				.withMessage("'rot13' is declared in the configuration: it can be stopped, not closed");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "rot13", "rot-13" })
	void nameThatIsTakenIsRefused(String name) {
		this.rot13.run((context) -> {
			SocketSpec taken = SocketSpec.client(name).remote("127.0.0.1:0").build();
			assertThatExceptionOfType(InvalidSocketSpecException.class)
				.isThrownBy(() -> context.getBean(SocketFactories.class).open(taken))
				.withMessage("client '%s': name '%s': there is a listener 'rot13' already. "
						+ "Give every listener and client a name of its own.", name, name);
		});
	}

	@Test
	void whenContextIsClosedNothingCanBeOpened() {
		SocketFactories[] factories = new SocketFactories[1];
		this.rot13.run((context) -> factories[0] = context.getBean(SocketFactories.class));
		SocketSpec spec = SocketSpec.listener("late").bind("127.0.0.1:0").build();
		assertThatIllegalStateException().isThrownBy(() -> factories[0].open(spec))
			.withMessage("The application context has been closed");
	}

	@Test
	void whenOpenedBeforeStartItIsStartedWithTheApplication() {
		this.runner.withUserConfiguration(OpensEarly.class).run((context) -> {
			assertThat(context.getBean(EarlyState.class).state()).isEqualTo(SocketState.NEW);
			assertThat(context.getBean(SocketFactories.class).get("early").getState()).isEqualTo(SocketState.LISTENING);
		});
	}

	@Test
	void customizersChangeSpecificationsInOrder() {
		this.rot13.withUserConfiguration(Customizers.class).run((context) -> {
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
			assertThat(context.getBean(Calls.class)).containsExactly("first rot13", "second rot13");
			context.getBean(SocketFactories.class).open(SocketSpec.listener("made").bind("127.0.0.1:0").build());
			assertThat(context.getBean(Calls.class)).endsWith("first made", "second made");
		});
	}

	@Test
	void whenDisabledNothingIsCreated() {
		this.rot13.withPropertyValues("socket-factory.enabled=false", "socket-factory.listeners.rot13.bind=:nonsense:")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SocketFactory.class)
				.doesNotHaveBean(SocketFactories.class)
				.doesNotHaveBean(SocketFactoriesLifecycle.class)
				.doesNotHaveBean("socketFactoryTaskExecutor"));
	}

	@Test
	void whenEnabledIsSaidInAnotherWordItIsUnderstood() {
		this.rot13.withPropertyValues("socket-factory.enabled=on")
			.run((context) -> assertThat(context).hasBean("rot13SocketFactory"));
		this.rot13.withPropertyValues("socket-factory.enabled=no")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketFactories.class));
	}

	@Test
	void whenApplicationHasAConversionServiceSpellingsAreUnderstoodAllTheSame() {
		this.rot13
			.withBean(ConfigurableApplicationContext.CONVERSION_SERVICE_BEAN_NAME, ConversionService.class,
					DefaultConversionService::new)
			.withPropertyValues("socket-factory.listeners.rot13.domain=inet",
					"socket-factory.listeners.rot13.type=stream")
			.run((context) -> assertThat(context).hasBean("rot13SocketFactory"));
	}

	@Test
	void propertiesAreBoundOnce() {
		AtomicInteger reads = new AtomicInteger();
		this.rot13.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new PropertySource<>("counting", reads) {

				@Override
				public @Nullable Object getProperty(String name) {
					return (name.equals("socket-factory.listeners.rot13.bind") && reads.incrementAndGet() > 0)
							? "127.0.0.1:0" : null;
				}

			})).run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(reads).hasValue(1);
			});
	}

	@Test
	void propertiesAreABeanWithWhatIsInForce() {
		this.rot13
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(
								new SystemEnvironmentPropertySource(
										StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
										Map.of("SOCKETFACTORY_LISTENERS_ROT13_LISTENQUEUE", "7",
												"SOCKETFACTORY_LISTENERS_OTHER_BIND", "127.0.0.1:0"))))
			.run((context) -> {
				SocketFactoryProperties properties = context.getBean(SocketFactoryProperties.class);
				assertThat(properties.getListeners()).containsOnlyKeys("rot13");
				assertThat(properties.getListeners().get("rot13").getListenQueue()).isEqualTo(7);
				assertThat(properties.getListeners().get("rot13").getBind()).isEqualTo("127.0.0.1:0");
				assertThat(context.getBean(SocketFactories.class)).hasSize(1);
			});
	}

	@Test
	void propertiesOfOthersAreBoundAsEver() {
		this.rot13.withUserConfiguration(OwnPropertiesConfiguration.class)
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new MapPropertySource("own",
								Map.of("own.domain", 2, "own.number", 1.9, "own.colour", "red"))))
			.run((context) -> {
				assertThat(context.getBean(OwnProperties.class).domain).isEqualTo(SocketDomain.AF_UNIX);
				assertThat(context.getBean(OwnProperties.class).number).isEqualTo(1);
			});
	}

	@Test
	void whenNothingIsDeclaredNothingIsOpened() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(SocketFactories.class).doesNotHaveBean(SocketFactory.class);
			assertThat(context.getBean(SocketFactories.class)).isEmpty();
			assertThat(SocketThreads.names()).isEmpty();
		});
	}

	@Test
	void whenInitializationIsLazyListenersStart() {
		this.rot13
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				int port = context.getEnvironment().getRequiredProperty("local.socket.rot13.port", int.class);
				connect(port).close();
				assertThat(context.getBean("rot13SocketFactory", SocketFactory.class).getState())
					.isEqualTo(SocketState.LISTENING);
			});
	}

	@Test
	void whenUserHasTaskExecutorOfThatNameItIsUsed() {
		this.rot13.withUserConfiguration(OwnExecutor.class, Handler.class).run((context) -> {
			assertThat(context).getBean("socketFactoryTaskExecutor").isInstanceOf(SimpleAsyncTaskExecutor.class);
			assertThat(threadOfHandler(context).getName()).startsWith("own-");
		});
	}

	@Test
	void whenUserHasPlainExecutorOfThatNameItIsUsed() {
		this.rot13.withUserConfiguration(PlainExecutor.class, Handler.class)
			.run((context) -> assertThat(threadOfHandler(context).getName()).startsWith("plain"));
	}

	@Test
	void applicationTaskExecutorOfBootStays() {
		this.rot13.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class)).run((context) -> {
			assertThat(context).hasBean("applicationTaskExecutor").hasBean("socketFactoryTaskExecutor");
			assertThat(context.getBeanProvider(Executor.class).getIfUnique())
				.isSameAs(context.getBean("applicationTaskExecutor"));
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenJavaHasVirtualThreadsHandlersRunOnThem() {
		this.rot13.withUserConfiguration(Handler.class).run((context) -> {
			Thread thread = threadOfHandler(context);
			assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
			assertThat(thread.getName()).startsWith("socket-");
		});
	}

	@Test
	void whenVirtualThreadsAreSwitchedOffHandlersRunOnPool() {
		this.rot13.withPropertyValues("spring.threads.virtual.enabled=false")
			.withUserConfiguration(Handler.class)
			.run(this::assertPool);
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void whenJavaHasNoVirtualThreadsHandlersRunOnPool() {
		this.rot13.withPropertyValues("spring.threads.virtual.enabled=true")
			.withUserConfiguration(Handler.class)
			.run(this::assertPool);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTasksOfTheApplicationAreDecoratedHandlersAreToo(boolean virtual) {
		AtomicInteger decorated = new AtomicInteger();
		this.rot13.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withPropertyValues("spring.threads.virtual.enabled=" + virtual, "spring.task.execution.pool.core-size=1",
					"spring.task.execution.pool.max-size=1", "spring.task.execution.simple.concurrency-limit=1")
			.withBean(TaskDecorator.class, () -> (task) -> {
				decorated.incrementAndGet();
				return task;
			})
			.withUserConfiguration(Handler.class)
			.run((context) -> {
				assertThat(threadOfHandler(context).getName()).startsWith("socket-");
				assertThat(decorated).hasValue(1);
				Executor executor = context.getBean("socketFactoryTaskExecutor", Executor.class);
				assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(executor))
					.as("not the limits of the application's own executor")
					.isGreaterThanOrEqualTo(200);
			});
	}

	private void assertPool(ApplicationContext context) throws Exception {
		ThreadPoolTaskExecutor pool = context.getBean("socketFactoryTaskExecutor", ThreadPoolTaskExecutor.class);
		assertThat(pool.getMaxPoolSize()).isEqualTo(200);
		assertThat(pool.getQueueCapacity()).isZero();
		Thread thread = threadOfHandler(context);
		assertThat(thread.getName()).startsWith("socket-");
		assertThat(thread.isDaemon()).isTrue();
	}

	@Test
	void portIsInTheEnvironmentWhileBound() {
		this.rot13.withPropertyValues("socket-factory.listeners.idle.auto-startup=false").run((context) -> {
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			assertThat(context.getEnvironment().getProperty("local.socket.rot13.port", int.class))
				.isEqualTo(portOf(factory));
			assertThat(context.getEnvironment().containsProperty("local.socket.idle.port")).isFalse();
			factory.stop();
			assertThat(context.getEnvironment().containsProperty("local.socket.rot13.port")).isFalse();
			factory.start();
			assertThat(context.getEnvironment().getProperty("local.socket.rot13.port", int.class))
				.isEqualTo(portOf(factory));
		});
	}

	@Test
	void lifecycleIsLastPhaseAndNotPauseable() {
		this.rot13.run((context) -> {
			SocketFactoriesLifecycle lifecycle = context.getBean(SocketFactoriesLifecycle.class);
			assertThat(lifecycle.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE);
			assertThat(lifecycle.isPauseable()).isFalse();
			assertThat(lifecycle.isAutoStartup()).isTrue();
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void lifecycleStartsAndStopsRepeatedly() {
		this.rot13.withPropertyValues("socket-factory.listeners.idle.auto-startup=false").run((context) -> {
			ConfigurableApplicationContext source = (ConfigurableApplicationContext) context
				.getSourceApplicationContext();
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			for (int i = 0; i < 3; i++) {
				int port = portOf(factory);
				connect(port).close();
				source.stop();
				assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
				assertThat(context.getBean(SocketFactoriesLifecycle.class).isRunning()).isFalse();
				assertRefused(port);
				source.start();
				assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
				assertThat(context.getBean("idleSocketFactory", SocketFactory.class).getState())
					.isEqualTo(SocketState.NEW);
			}
		});
	}

	@Test
	void pauseAndRestartOfContextLeavesThePort() {
		this.rot13.run((context) -> {
			ConfigurableApplicationContext source = (ConfigurableApplicationContext) context
				.getSourceApplicationContext();
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			int port = portOf(factory);
			source.pause();
			connect(port).close();
			source.restart();
			assertThat(portOf(factory)).isEqualTo(port);
		});
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenContextIsClosedNoDescriptorIsLeft() {
		this.rot13.run((context) -> connect(portOf(context.getBean(SocketFactory.class))).close());
		long before = countSockets();
		for (int i = 0; i < 5; i++) {
			this.rot13.withUserConfiguration(Handler.class).run((context) -> {
				threadOfHandler(context);
				assertThat(countSockets()).isGreaterThan(before);
			});
		}
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> countSockets() <= before);
	}

	@Test
	void whenStartedTheOutcomeOfLookUpsIsKnown() {
		this.runner.withPropertyValues("socket-factory.listeners.named.bind=localhost:0")
			.run((context) -> assertThat(context.getBean(SocketFactory.class).getState())
				.isEqualTo(SocketState.LISTENING));
	}

	@Test
	void whenBindFailsApplicationRunsAndFactoryCanBeStartedAgain() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.runner
				.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:" + taken.getLocalPort(),
						"socket-factory.listeners.rot13.reuse=on")
				.withUserConfiguration(Failures.class)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
					assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
					assertThat(factory.getLocalAddress()).isNull();
					SocketFailureEvent event = context.getBean(Failures.class).events.poll(5, TimeUnit.SECONDS);
					assertThat(event).isNotNull();
					assertThat(event.getFailure().operation()).isEqualTo("bind");
					assertThat(event.getFailure().errnoName()).isEqualTo("EADDRINUSE");
					taken.close();
					factory.start();
					assertThat(portOf(factory)).isEqualTo(taken.getLocalPort());
				});
		}
	}

	@Test
	void whileAListenerIsOpenAThreadThatIsNoDaemonKeepsTheApplicationAlive() {
		this.rot13.run((context) -> {
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			assertThat(keepAlive()).hasSize(1).noneMatch(Thread::isDaemon);
			factory.stop();
			Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> keepAlive().isEmpty());
			factory.start();
			assertThat(keepAlive()).hasSize(1);
		});
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> keepAlive().isEmpty());
	}

	@Test
	void whileAListenerIsTriedAgainAThreadThatIsNoDaemonKeepsTheApplicationAlive() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.runner
				.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:" + taken.getLocalPort(),
						"socket-factory.listeners.rot13.retry.max-retries=1",
						"socket-factory.listeners.rot13.retry.delay=300ms",
						"socket-factory.listeners.other.bind=127.0.0.1:" + taken.getLocalPort(),
						"socket-factory.listeners.other.fail-fast=false")
				.run((context) -> {
					SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
					assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
					assertThat(keepAlive()).hasSize(1).noneMatch(Thread::isDaemon);
					// The only retry fails as well
					Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> keepAlive().isEmpty());
					assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
				});
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whatTheParentHasOpenedTheChildDoesNotOpenAgain(CapturedOutput output) throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		String bind = "socket-factory.listeners.rot13.bind=127.0.0.1:" + port;
		this.runner.withPropertyValues(bind).run((parent) -> {
			this.runner.withParent(parent)
				.withPropertyValues(bind, "socket-factory.listeners.own.bind=127.0.0.1:0")
				.run((child) -> {
					assertThat(child).hasNotFailed();
					SocketFactory factory = child.getBean("rot13SocketFactory", SocketFactory.class);
					assertThat(factory).isSameAs(parent.getBean("rot13SocketFactory"));
					assertThat(child.getBean("ownSocketFactory", SocketFactory.class).getState())
						.isEqualTo(SocketState.LISTENING);
					assertThat(child.getBean(SocketFactories.class)).hasSize(1);
				});
			assertThat(parent.getBean("rot13SocketFactory", SocketFactory.class).getState())
				.isEqualTo(SocketState.LISTENING);
		});
		assertThat(output).containsOnlyOnce("The parent context has rot13, so this one does not open it again");
	}

	@Test
	void theChildSeesThePortsOfItsParentToo() {
		this.runner.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:0").run((parent) -> {
			int port = parent.getEnvironment().getRequiredProperty("local.socket.rot13.port", int.class);
			this.runner.withParent(parent)
				.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:0",
						"socket-factory.listeners.own.bind=127.0.0.1:0")
				.run((child) -> {
					assertThat(child.getEnvironment().getProperty("local.socket.rot13.port", int.class))
						.isEqualTo(port);
					assertThat(child.getEnvironment().getProperty("local.socket.own.port", int.class)).isPositive();
					assertThat(parent.getEnvironment().containsProperty("local.socket.own.port")).isFalse();
				});
		});
	}

	private static List<Thread> keepAlive() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("socket-keep-alive"))
			.toList();
	}

	private static Thread threadOfHandler(ApplicationContext context) throws Exception {
		try (Socket client = connect(
				context.getEnvironment().getRequiredProperty("local.socket.rot13.port", int.class))) {
			Thread thread = context.getBean(Handler.class).threads.poll(5, TimeUnit.SECONDS);
			assertThat(thread).isNotNull();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
			assertThat(context.getBean(Handler.class).names.poll()).matches("rot13-[0-9]+");
			// It has its own name again when the handler has returned
			Awaitility.await().until(() -> !thread.getName().startsWith("rot13-"));
			return thread;
		}
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(5000);
		return socket;
	}

	private static void assertRefused(int port) {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(port).close())
			.isNotInstanceOf(SocketTimeoutException.class);
	}

	private static int portOf(SocketFactory factory) {
		assertThat(factory.getLocalAddress()).isInstanceOf(InetSocketAddress.class);
		return ((InetSocketAddress) factory.getLocalAddress()).getPort();
	}

	private static List<String> namesOf(SocketFactories factories) {
		List<String> names = new ArrayList<>();
		factories.forEach((factory) -> names.add(factory.getName()));
		return names;
	}

	private static long countSockets() {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter(SocketFactoryAutoConfigurationTests::isOfNetwork).count();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isOfNetwork(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			return target.startsWith("socket:") || target.startsWith("anon_inode:");
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Names of factories.
	 *
	 * @param names the names
	 */
	record Names(List<String> names) {

	}

	/**
	 * What state a factory was in.
	 *
	 * @param state the state
	 */
	record EarlyState(SocketState state) {

	}

	static class Calls extends ArrayList<String> {

		private static final long serialVersionUID = 1L;

	}

	@Configuration(proxyBeanMethods = false)
	static class ByParameterName {

		@Bean
		Names names(SocketFactory rot13SocketFactory, SocketFactory timeServerSocketFactory) {
			return new Names(List.of(rot13SocketFactory.getName(), timeServerSocketFactory.getName()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OpensEarly {

		@Bean
		EarlyState earlyState(SocketFactories factories) {
			return new EarlyState(factories.open(SocketSpec.listener("early").bind("127.0.0.1:0").build()).getState());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		@Order(2)
		SocketFactoryCustomizer second(Calls calls) {
			return (spec) -> {
				calls.add("second " + spec.getName());
				spec.startPaused(true);
			};
		}

		@Bean
		@Order(1)
		SocketFactoryCustomizer first(Calls calls) {
			return (spec) -> {
				calls.add("first " + spec.getName());
				spec.startPaused(false);
			};
		}

	}

	@ConfigurationProperties("own")
	static class OwnProperties {

		private SocketDomain domain;

		private int number;

		void setDomain(SocketDomain domain) {
			this.domain = domain;
		}

		void setNumber(int number) {
			this.number = number;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(OwnProperties.class)
	static class OwnPropertiesConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutor {

		@Bean
		TaskExecutor socketFactoryTaskExecutor() {
			return new SimpleAsyncTaskExecutor("own-");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainExecutor {

		@Bean
		ExecutorService socketFactoryTaskExecutor() {
			return Executors.newSingleThreadExecutor((task) -> new Thread(task, "plain"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handler {

		private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> names = new LinkedBlockingQueue<>();

		@EventListener
		void accepted(ConnectionAcceptedEvent event) throws IOException {
			assertThat(Thread.currentThread().getName()).endsWith("-" + event.getConnectionId());
			event.claimChannel().close();
			this.names.add(Thread.currentThread().getName());
			this.threads.add(Thread.currentThread());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failures {

		private final BlockingQueue<SocketFailureEvent> events = new LinkedBlockingQueue<>();

		@EventListener
		void failed(SocketFailureEvent event) {
			this.events.add(event);
		}

	}

}
