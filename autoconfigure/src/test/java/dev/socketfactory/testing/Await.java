package dev.socketfactory.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Awaitility that looks often, because what the engine does takes microseconds.
 */
public final class Await {

	private Await() {
	}

	public static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	/**
	 * Let some time pass in which nothing must happen.
	 * @param millis how long
	 * @param stays what must hold all the time
	 */
	public static void during(long millis, Runnable stays) {
		await().during(Duration.ofMillis(millis)).untilAsserted(stays::run);
	}

	/**
	 * Wait for a latch, which a handler may have to.
	 * @param latch the latch
	 */
	public static void latch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
