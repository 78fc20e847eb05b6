package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.event.SocketEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketEventListenerFactory;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketEventListener}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketEventListenerTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
		.withPropertyValues("socket-factory.listeners.rot13.auto-startup=false",
				"socket-factory.listeners.time-server.auto-startup=false")
		.withBean(Calls.class);

	@Test
	void methodIsCalledForEventsOfItsFactoriesOnly() {
		this.runner.withUserConfiguration(ByFactory.class).run((context) -> {
			publish(context, "rot13", "any");
			publish(context, "time-server", "any");
			assertThat(context.getBean(Calls.class)).containsExactlyInAnyOrder("rot13: rot13", "both: rot13",
					"both: time-server", "all: rot13", "all: time-server", "plain: rot13", "plain: time-server");
		});
	}

	@Test
	void methodIsCalledForEventsOfItsNamesOnly() {
		this.runner.withUserConfiguration(ByName.class).run((context) -> {
			publish(context, "rot13", "on-error");
			publish(context, "rot13", "on-other");
			publish(context, "time-server", "on-error");
			assertThat(context.getBean(Calls.class)).containsExactlyInAnyOrder("name: rot13 on-error",
					"name: time-server on-error", "name and factory: time-server on-error");
		});
	}

	@Test
	void methodIsCalledForItsTypeOfEventOnly() {
		this.runner.withUserConfiguration(ByType.class).run((context) -> {
			publish(context, "rot13", "on-error");
			assertThat(context.getBean(Calls.class)).containsExactlyInAnyOrder("failure", "classes");
			context.publishEvent("no event of a socket");
			assertThat(context.getBean(Calls.class)).hasSize(2);
		});
	}

	@Test
	void annotationOffersNoExpression() {
		assertThat(SocketEventListener.class.getDeclaredMethods()).extracting(Method::getName)
			.containsExactlyInAnyOrder("value", "factory", "event", "classes", "id");
		assertThat(SocketEventListener.class.getAnnotation(EventListener.class).condition()).isEmpty();
	}

	@Test
	void orderIsObserved() {
		this.runner.withUserConfiguration(Ordered.class).run((context) -> {
			publish(context, "rot13", "any");
			assertThat(context.getBean(Calls.class)).containsExactly("1", "2", "3");
		});
	}

	@Test
	void asyncMethodRunsOnAnotherThread() {
		this.runner.withUserConfiguration(Asynchronous.class).run((context) -> {
			publish(context, "time-server", "any");
			publish(context, "rot13", "any");
			Calls calls = context.getBean(Calls.class);
			Awaitility.await().until(() -> !calls.isEmpty());
			assertThat(calls).singleElement().asString().startsWith("rot13 on ").doesNotEndWith(thisThread());
		});
	}

	@Test
	void annotationCanBeComposed() {
		this.runner.withUserConfiguration(Composed.class).run((context) -> {
			publish(context, "rot13", "on-error");
			publish(context, "rot13", "on-other");
			publish(context, "time-server", "on-error");
			assertThat(context.getBean(Calls.class)).containsExactly("rot13 on-error");
		});
	}

	@Test
	void factoryMayBeNamedTwice() {
		this.runner.withUserConfiguration(NamedTwice.class).run((context) -> {
			publish(context, "rot13", "any");
			assertThat(context.getBean(Calls.class)).containsExactly("called");
		});
	}

	@Test
	void exceptionOfMethodReachesThePublisher() {
		this.runner.withUserConfiguration(Throwing.class)
			.run((context) -> assertThatIllegalStateException().isThrownBy(() -> publish(context, "rot13", "any"))
				.withMessage("from the handler"));
	}

	@Test
	void whenFactoryIsNotDeclaredThereIsOneWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(Undeclared.class).run((context) -> {
			StaticApplicationContext child = new StaticApplicationContext(context.getSourceApplicationContext());
			child.refresh();
			child.close();
		});
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.endsWith(
					"@SocketEventListener method 'Undeclared.accepted' names the factory 'rot31', which is not declared; "
							+ "declared are [rot13, time-server]");
	}

	@Test
	void whenFactoryIsThatOfTheParentThereIsOneWarning(CapturedOutput output) {
		this.runner.run((parent) -> this.runner.withParent(parent)
			.withUserConfiguration(Throwing.class)
			.run((child) -> assertThat(child).hasNotFailed()));
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.endsWith("@SocketEventListener method 'Throwing.failed' names the factory 'rot13' of the parent "
					+ "context, whose events do not reach this one; put it there");
	}

	@Test
	void whenSwitchedOffAfterAotProcessingThereIsNoWarning(CapturedOutput output) {
		SocketFactoryProperties off = new SocketFactoryProperties();
		off.setEnabled(false);
		this.runner.withUserConfiguration(Undeclared.class).run((context) -> {
			int before = output.getAll().length();
			new ListenerMethodCheck(context.getBean(SocketEventListenerFactory.class),
					context.getBean(DefaultSocketFactories.class), context.getBean(ParentSockets.class), off)
				.start();
			assertThat(output.getAll().substring(before)).doesNotContain("is not declared");
		});
	}

	@Test
	void whenClassIsEnhancedByAotProcessingTheWarningNamesTheOriginal() {
		new ApplicationContextRunner().withUserConfiguration(Enhanced.class).run((context) -> {
			Class<?> enhanced = context.getBean(Enhanced.class).getClass();
			SocketEventListenerFactory listeners = new SocketEventListenerFactory();
			listeners.createApplicationListener("enhanced", enhanced,
					Enhanced.class.getDeclaredMethod("accepted", SocketEvent.class));
			assertThat(listeners.findUndeclared(List.of("rot13"), Collections.emptyList(), (name) -> false))
				.singleElement()
				.asString()
				.startsWith("@SocketEventListener method 'Enhanced.accepted' names the factory 'rot31'");
		});
	}

	@Test
	void whenEventIsNotDeclaredThereIsOneWarning(CapturedOutput output) {
		this.runner.withPropertyValues("socket-factory.listeners.rot13.failure-event=on-error")
			.withUserConfiguration(UndeclaredEvent.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getAll().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.endsWith(
					"@SocketEventListener method 'UndeclaredEvent.failed' names the event 'on-eror', which is not declared; "
							+ "declared are [on-error, rot13.state, rot13.success, time-server.failure, time-server.state,"
							+ " time-server.success]");
	}

	@Test
	void whenFactoryIsDeclaredThereIsNoWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(ByFactory.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getAll()).doesNotContain("WARN");
	}

	@Test
	void whenSocketFactoriesAreDisabledMethodIsAnOrdinaryEventListener() {
		try (ConfigurableApplicationContext context = new AnnotationConfigApplicationContext(Calls.class,
				Undeclared.class)) {
			assertThat(context.isActive()).isTrue();
		}
	}

	private static String thisThread() {
		return Thread.currentThread().getName();
	}

	private static void publish(ApplicationContext context, String factory, String eventName) {
		SocketFactory source = factory.equals("rot13") ? context.getBean("rot13SocketFactory", SocketFactory.class)
				: context.getBean("timeServerSocketFactory", SocketFactory.class);
		SocketFailure failure = new SocketFailure("bind", 98, "EADDRINUSE", "Address already in use",
				new IOException("Address already in use"), Instant.now(), null);
		context.publishEvent(new SocketFailureEvent(source, eventName, failure));
	}

	static class Calls extends CopyOnWriteArrayList<String> {

		private static final long serialVersionUID = 1L;

	}

	@Configuration(proxyBeanMethods = false)
	static class ByFactory {

		private final List<String> calls;

		ByFactory(Calls calls) {
			this.calls = calls;
		}

		@SocketEventListener(factory = "rot13")
		void one(SocketFailureEvent event) {
			this.calls.add("rot13: " + event.getFactoryName());
		}

		@SocketEventListener(factory = { "rot13", "time-server" })
		void both(SocketFailureEvent event) {
			this.calls.add("both: " + event.getFactoryName());
		}

		@SocketEventListener
		void all(SocketFailureEvent event) {
			this.calls.add("all: " + event.getFactoryName());
		}

		@EventListener
		void plain(SocketFailureEvent event) {
			this.calls.add("plain: " + event.getFactoryName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByName {

		private final List<String> calls;

		ByName(Calls calls) {
			this.calls = calls;
		}

		@SocketEventListener(event = "on-error")
		void named(SocketEvent event) {
			this.calls.add("name: %s %s".formatted(event.getFactoryName(), event.getEventName()));
		}

		@SocketEventListener(factory = "time-server", event = { "on-error", "on-other" })
		void ofFactory(SocketEvent event) {
			this.calls.add("name and factory: %s %s".formatted(event.getFactoryName(), event.getEventName()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByType {

		private final List<String> calls;

		ByType(Calls calls) {
			this.calls = calls;
		}

		@SocketEventListener(factory = "rot13")
		void failure(SocketFailureEvent event) {
			this.calls.add("failure");
		}

		@SocketEventListener(factory = "rot13")
		void state(SocketStateEvent event) {
			this.calls.add("state");
		}

		@SocketEventListener(factory = "rot13", classes = SocketFailureEvent.class)
		void classes() {
			this.calls.add("classes");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Ordered {

		private final List<String> calls;

		Ordered(Calls calls) {
			this.calls = calls;
		}

		@SocketEventListener(factory = "rot13")
		@Order(3)
		void third(SocketFailureEvent event) {
			this.calls.add("3");
		}

		@SocketEventListener(factory = "rot13")
		@Order(1)
		void first(SocketFailureEvent event) {
			this.calls.add("1");
		}

		@EventListener
		@Order(2)
		void second(SocketFailureEvent event) {
			this.calls.add("2");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Asynchronous {

		@Bean
		AsynchronousHandler handler(Calls calls) {
			return new AsynchronousHandler(calls);
		}

	}

	static class AsynchronousHandler {

		private final List<String> calls;

		AsynchronousHandler(Calls calls) {
			this.calls = calls;
		}

		@Async
		@SocketEventListener(factory = "rot13")
		void failed(SocketFailureEvent event) {
			this.calls.add("%s on %s".formatted(event.getFactoryName(), thisThread()));
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@SocketEventListener(factory = "rot13")
	@interface OnRot13 {

		@AliasFor(annotation = SocketEventListener.class, attribute = "event")
		String[] value();

	}

	@Configuration(proxyBeanMethods = false)
	static class Composed {

		private final List<String> calls;

		Composed(Calls calls) {
			this.calls = calls;
		}

		@OnRot13("on-error")
		void failed(SocketFailureEvent event) {
			this.calls.add("%s %s".formatted(event.getFactoryName(), event.getEventName()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedTwice {

		private final List<String> calls;

		NamedTwice(Calls calls) {
			this.calls = calls;
		}

		@SocketEventListener(factory = { "rot13", "rot13" })
		void failed(SocketFailureEvent event) {
			this.calls.add("called");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Throwing {

		@SocketEventListener(factory = "rot13")
		void failed(SocketFailureEvent event) {
			throw new IllegalStateException("from the handler");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UndeclaredEvent {

		@SocketEventListener(event = { "on-error", "on-eror", "rot13.state" })
		void failed(SocketEvent event) {
		}

	}

	@Configuration
	static class Enhanced {

		@Bean
		String makesItWorthEnhancing() {
			return "";
		}

		@SocketEventListener(factory = "rot31")
		void accepted(SocketEvent event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Undeclared {

		@SocketEventListener(factory = { "rot13", "rot31" })
		void accepted(SocketEvent event) {
		}

	}

}
