package dev.socketfactory.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

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

}
