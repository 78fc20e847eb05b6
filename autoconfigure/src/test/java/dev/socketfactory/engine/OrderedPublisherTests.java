package dev.socketfactory.engine;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OrderedPublisher}.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class OrderedPublisherTests {

	private final List<Object> published = new CopyOnWriteArrayList<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch go = new CountDownLatch(1);

	@Test
	void whenAHandlerBlocksThenAsManyWaitAsThereIsRoomForAndTheRestIsLost(CapturedOutput output) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(DispatchMode.INLINE);
				OrderedPublisher publisher = new OrderedPublisher(this::handle, 5)) {
			SocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			List<SocketStateEvent> events = List.of(event(factory), event(factory), event(factory), event(factory),
					event(factory), event(factory), event(factory), event(factory), event(factory));
			publisher.publish(events.get(0));
			assertThat(this.begun.await(10, TimeUnit.SECONDS)).isTrue();
			events.subList(1, 9).forEach(publisher::publish);
			this.go.countDown();
			Await.await().untilAsserted(() -> assertThat(this.published).hasSize(6));
			publisher.await(10_000, (thread) -> false);
			assertThat(this.published).containsExactlyElementsOf(events.subList(0, 6));
			assertThat(output).containsOnlyOnce(
					"Handlers of state and failure events do not keep up, 5 events wait: lost one of 'test'");
		}
	}

	private static SocketStateEvent event(SocketFactory factory) {
		return new SocketStateEvent(factory, SocketState.LISTENING, SocketState.LISTENING, Collections.emptySet());
	}

	private void handle(Object event) {
		this.published.add(event);
		this.begun.countDown();
		try {
			assertThat(this.go.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
