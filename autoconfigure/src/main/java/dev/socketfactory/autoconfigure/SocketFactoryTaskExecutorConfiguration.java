package dev.socketfactory.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.Assert;

/**
 * The executor on which success events are published.
 */
@Configuration(proxyBeanMethods = false)
class SocketFactoryTaskExecutorConfiguration {

	static final String BEAN_NAME = "socketFactoryTaskExecutor";

	private static final String THREAD_NAME_PREFIX = "socket-";

	private static final int POOL_SIZE = 200;

	private static final String CALLER_RUNS = ("'%s' runs tasks on the thread that hands them over, which is the event"
			+ " loop: give it threads of its own, and another policy than CallerRunsPolicy")
		.formatted(BEAN_NAME);

	@Bean(name = BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = BEAN_NAME)
	TaskExecutor socketFactoryTaskExecutor(Environment environment,
			ObjectProvider<SimpleAsyncTaskExecutorBuilder> threads,
			ObjectProvider<ThreadPoolTaskExecutorBuilder> pools) {
		boolean virtual = environment.getProperty("spring.threads.virtual.enabled", Boolean.class, true)
				&& JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE);
		return virtual ? new VirtualThreads(threads.getIfAvailable(SimpleAsyncTaskExecutorBuilder::new))
				: pool(pools.getIfAvailable(ThreadPoolTaskExecutorBuilder::new));
	}

	/**
	 * Return how many handlers an executor runs at once. One more would be refused, would
	 * block whoever hands it over, or would wait in a queue, where its connection is
	 * neither served nor left to another listener of the port.
	 */
	static int placesOf(Executor executor) {
		Assert.state(!(executor instanceof SyncTaskExecutor), CALLER_RUNS);
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			requireThreadsOfItsOwn(pool.getThreadPoolExecutor());
			return threadsOf(pool.getCorePoolSize(), pool.getMaxPoolSize(), pool.getQueueCapacity() > 0);
		}
		if (executor instanceof ThreadPoolExecutor pool) {
			requireThreadsOfItsOwn(pool);
			return threadsOf(pool.getCorePoolSize(), pool.getMaximumPoolSize(),
					!(pool.getQueue() instanceof SynchronousQueue));
		}
		if (executor instanceof SimpleAsyncTaskExecutor threads && threads.isThrottleActive()) {
			Assert.state(threads.getConcurrencyLimit() > 0,
					() -> "The concurrency limit of '%s' is %d: no handler can ever run".formatted(BEAN_NAME,
							threads.getConcurrencyLimit()));
			return threads.getConcurrencyLimit();
		}
		return Integer.MAX_VALUE;
	}

	private static void requireThreadsOfItsOwn(ThreadPoolExecutor pool) {
		Assert.state(!(pool.getRejectedExecutionHandler() instanceof ThreadPoolExecutor.CallerRunsPolicy), CALLER_RUNS);
	}

	/**
	 * Return how many threads a pool has: it makes more than its core only when its queue
	 * is full.
	 */
	private static int threadsOf(int core, int most, boolean queued) {
		return queued ? Math.max(core, 1) : most;
	}

	/**
	 * Return where the events of UNIX datagram sockets are published.
	 */
	static Executor datagramExecutor(Executor executor) {
		return (executor instanceof VirtualThreads virtual) ? virtual.platformThreads : executor;
	}

	/**
	 * Take over what decorates the tasks of the application, but nothing that says how
	 * many of them run at once or wait.
	 */
	private static TaskExecutor pool(ThreadPoolTaskExecutorBuilder builder) {
		ThreadPoolTaskExecutor executor = new Pool();
		builder.threadNamePrefix(THREAD_NAME_PREFIX)
			.customizers()
			.corePoolSize(0)
			.maxPoolSize(POOL_SIZE)
			.queueCapacity(0)
			// Listeners are drained after the context has begun to close
			.acceptTasksAfterContextClose(true)
			.configure(executor);
		executor.setDaemon(true);
		return executor;
	}

	/**
	 * The default on a JVM that has no virtual threads. Handlers go on while a test that
	 * pauses its context keeps the ports of its listeners.
	 */
	@SuppressWarnings("serial")
	private static final class Pool extends ThreadPoolTaskExecutor {

		@Override
		public boolean isPauseable() {
			return false;
		}

	}

	/**
	 * The default on a JVM that has virtual threads.
	 */
	@SuppressWarnings("serial")
	private static final class VirtualThreads extends SimpleAsyncTaskExecutor {

		private final transient SimpleAsyncTaskExecutor platformThreads;

		VirtualThreads(SimpleAsyncTaskExecutorBuilder builder) {
			SimpleAsyncTaskExecutorBuilder unlimited = builder.threadNamePrefix(THREAD_NAME_PREFIX)
				.customizers()
				.concurrencyLimit(null);
			unlimited.virtualThreads(true).configure(this);
			this.platformThreads = unlimited.virtualThreads(false).build();
			this.platformThreads.setDaemon(true);
		}

	}

}
