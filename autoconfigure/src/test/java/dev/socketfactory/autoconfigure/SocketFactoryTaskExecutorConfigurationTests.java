package dev.socketfactory.autoconfigure;

import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketFactoryTaskExecutorConfiguration}.
 */
class SocketFactoryTaskExecutorConfigurationTests {

	@Test
	void aPoolHasAsManyPlacesAsThreads() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setMaxPoolSize(7);
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(pool)).isEqualTo(7);
	}

	@Test
	void anExecutorThatWouldBlockHasAsManyPlacesAsItsLimit() {
		SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor();
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(threads)).isEqualTo(Integer.MAX_VALUE);
		threads.setConcurrencyLimit(3);
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(threads)).isEqualTo(3);
	}

	@Test
	void anExecutorThatRunsNothingIsRefused() {
		SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor();
		threads.setConcurrencyLimit(0);
		assertThatIllegalStateException().isThrownBy(() -> SocketFactoryTaskExecutorConfiguration.placesOf(threads))
			.withMessage("The concurrency limit of 'socketFactoryTaskExecutor' is 0: no handler can ever run");
	}

	@Test
	void anythingElseHasAnyNumberOfPlaces() {
		Executor direct = Runnable::run;
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(direct)).isEqualTo(Integer.MAX_VALUE);
	}

}
