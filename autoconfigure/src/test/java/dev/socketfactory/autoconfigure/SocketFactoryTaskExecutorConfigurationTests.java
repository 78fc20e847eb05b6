package dev.socketfactory.autoconfigure;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
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
		pool.setCorePoolSize(2);
		pool.setMaxPoolSize(7);
		pool.setQueueCapacity(0);
		pool.initialize();
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(pool)).isEqualTo(7);
		pool.shutdown();
	}

	@Test
	void aPoolWithAQueueHasAsManyPlacesAsCoreThreads() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setMaxPoolSize(7);
		pool.setCorePoolSize(2);
		pool.initialize();
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(pool)).isEqualTo(2);
		pool.setCorePoolSize(0);
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(pool)).isEqualTo(1);
		pool.shutdown();
	}

	@ParameterizedTest
	@MethodSource("poolsOfTheJdk")
	void aPoolOfTheJdkHasAsManyPlacesAsThreads(ExecutorService pool, int places) {
		try {
			assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(pool)).isEqualTo(places);
		}
		finally {
			pool.shutdownNow();
		}
	}

	static Stream<Arguments> poolsOfTheJdk() {
		return Stream.of(Arguments.of(Executors.newFixedThreadPool(3), 3),
				Arguments.of(Executors.newCachedThreadPool(), Integer.MAX_VALUE),
				Arguments.of(new ThreadPoolExecutor(1, 8, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(10)), 1));
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
	void anExecutorThatRunsTasksOnTheCallingThreadIsRefused() {
		ThreadPoolTaskExecutor pool = new ThreadPoolTaskExecutor();
		pool.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
		pool.initialize();
		ThreadPoolExecutor plain = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1),
				new ThreadPoolExecutor.CallerRunsPolicy());
		for (Executor executor : List.of(pool, plain, new SyncTaskExecutor())) {
			assertThatIllegalStateException()
				.isThrownBy(() -> SocketFactoryTaskExecutorConfiguration.placesOf(executor))
				.withMessage("'socketFactoryTaskExecutor' runs tasks on the thread that hands them over, which is the"
						+ " event loop: give it threads of its own, and another policy than CallerRunsPolicy");
		}
		pool.shutdown();
		plain.shutdown();
	}

	@Test
	void whenTheContextIsPausedThenHandlersGoOn() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("spring.threads.virtual.enabled=false")
			.run((context) -> assertThat(
					context.getBean(SocketFactoryTaskExecutorConfiguration.BEAN_NAME, ThreadPoolTaskExecutor.class)
						.isPauseable())
				.isFalse());
	}

	@Test
	void anythingElseHasAnyNumberOfPlaces() {
		Executor direct = Runnable::run;
		assertThat(SocketFactoryTaskExecutorConfiguration.placesOf(direct)).isEqualTo(Integer.MAX_VALUE);
	}

}
