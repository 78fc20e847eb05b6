package dev.socketfactory.engine;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Awaitility that looks often, because what the engine does takes microseconds.
 */
final class Await {

	private Await() {
	}

	static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	/**
	 * Let some time pass in which nothing must happen.
	 * @param millis how long
	 * @param stays what must hold all the time
	 */
	static void during(long millis, Runnable stays) {
		await().during(Duration.ofMillis(millis)).untilAsserted(stays::run);
	}

}
