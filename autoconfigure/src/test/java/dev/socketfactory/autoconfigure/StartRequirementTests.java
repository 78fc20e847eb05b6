package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Objects;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.SocketEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartRequirement}: which failures stop the start.
 */
@Timeout(60)
class StartRequirementTests {

	private ServerSocketChannel other;

	private ApplicationContextRunner runner;

	@BeforeEach
	void takePort() throws IOException {
		this.other = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		InetSocketAddress taken = (InetSocketAddress) Objects.requireNonNull(this.other.getLocalAddress());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:" + taken.getPort());
	}

	@AfterEach
	void leavePort() throws IOException {
		this.other.close();
	}

	@Test
	void whenNobodyHandlesTheFailureThenStops() {
		assertStops(this.runner);
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket-factory.fail-fast=false", "socket-factory.listeners.rot13.fail-fast=false",
			"socket-factory.listeners.rot13.retry.max-retries=3", "socket-factory.listeners.rot13.retry.max-retries=-1",
			"socket-factory.listeners.rot13.auto-startup=false" })
	void whenConfigurationSaysSoThenStarts(String property) {
		assertStarts(this.runner.withPropertyValues(property));
	}

	@Test
	void whenListenerItselfSaysSoThenThatCounts() {
		assertStarts(this.runner.withPropertyValues("socket-factory.fail-fast=true",
				"socket-factory.listeners.rot13.fail-fast=false"));
		assertStops(this.runner.withPropertyValues("socket-factory.fail-fast=false",
				"socket-factory.listeners.rot13.fail-fast=true"));
	}

	@Test
	void whenFailFastThenStopsWhoeverHandles() {
		assertStops(this.runner.withUserConfiguration(OwnListener.class)
			.withPropertyValues("socket-factory.fail-fast=true",
					"socket-factory.listeners.rot13.retry.max-retries=-1"));
	}

	@ParameterizedTest
	@ValueSource(classes = { OwnListener.class, ListenerOfEvent.class, ListenerOfAll.class,
			ListenerOfSocketEvents.class, PlainListener.class, PlainListenerOfSocketEvents.class,
			ListenerByClasses.class, DeclaredLambda.class, DeclaredClass.class })
	void whenTheApplicationHandlesTheFailureThenStarts(Class<?> configuration) {
		assertStarts(this.runner.withUserConfiguration(configuration));
	}

	@ParameterizedTest
	@ValueSource(classes = { ListenerOfOther.class, ListenerOfOtherEvent.class, StateListener.class,
			ListenerOfEverything.class, PlainStateListener.class, UndeclaredLambda.class })
	void whenNoListenerIsMeantForTheFailureThenStops(Class<?> configuration) {
		assertStops(this.runner.withUserConfiguration(configuration));
	}

	@Test
	void whenThereAreNoFailureEventsThenNobodyListens() {
		assertStops(this.runner.withUserConfiguration(OwnListener.class)
			.withPropertyValues("socket-factory.listeners.rot13.failure-event=off"));
	}

	@Test
	void whenTheParentHandlesTheFailureThenStarts() {
		try (ConfigurableApplicationContext parent = new AnnotationConfigApplicationContext(PlainListener.class)) {
			assertStarts(this.runner.withParent(parent));
		}
	}

	@Test
	void clientsNeverStopTheStart() throws IOException {
		ServerSocketChannel closed = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		int port = ((InetSocketAddress) Objects.requireNonNull(closed.getLocalAddress())).getPort();
		closed.close();
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("socket-factory.fail-fast=true",
					"socket-factory.clients.upstream.remote=127.0.0.1:" + port)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void assertStops(ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context).getFailure().hasCauseInstanceOf(ListenerStartException.class));
	}

	private static void assertStarts(ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context).hasNotFailed()
			.getBean(SocketFactories.class)
			.satisfies((factories) -> assertThat(factories.get("rot13").getState()).isIn(SocketState.FAILED,
					SocketState.NEW)));
	}

	static class OwnListener {

		@SocketEventListener("rot13")
		void failed(SocketFailureEvent event) {
		}

	}

	static class ListenerOfEvent {

		@SocketEventListener(event = "rot13.failure")
		void failed(SocketFailureEvent event) {
		}

	}

	static class ListenerOfAll {

		@SocketEventListener
		void failed(SocketFailureEvent event) {
		}

	}

	static class ListenerOfSocketEvents {

		@SocketEventListener("rot13")
		void happened(SocketEvent event) {
		}

	}

	static class ListenerByClasses {

		@EventListener({ SocketFailureEvent.class, ContextRefreshedEvent.class })
		void happened(ApplicationEvent event) {
		}

	}

	static class PlainListener {

		@EventListener(condition = "#event.factoryName == 'other'")
		void failed(SocketFailureEvent event) {
		}

	}

	static class PlainListenerOfSocketEvents {

		@EventListener
		void happened(SocketEvent event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredLambda {

		@Bean
		ApplicationListener<SocketFailureEvent> failures() {
			return (event) -> {
			};
		}

	}

	static class DeclaredClass implements ApplicationListener<SocketEvent> {

		@Override
		public void onApplicationEvent(SocketEvent event) {
		}

	}

	static class ListenerOfOther {

		@SocketEventListener("rot14")
		void failed(SocketFailureEvent event) {
		}

	}

	static class ListenerOfOtherEvent {

		@SocketEventListener(event = "on-error")
		void failed(SocketFailureEvent event) {
		}

	}

	static class StateListener {

		@SocketEventListener("rot13")
		void changed(SocketStateEvent event) {
		}

	}

	static class ListenerOfEverything {

		@EventListener
		void happened(ApplicationEvent event) {
		}

	}

	static class PlainStateListener {

		@EventListener
		void changed(SocketStateEvent event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UndeclaredLambda {

		UndeclaredLambda(ConfigurableApplicationContext context) {
			List<ApplicationListener<?>> listeners = List.of((event) -> {
			});
			listeners.forEach(context::addApplicationListener);
		}

	}

}
