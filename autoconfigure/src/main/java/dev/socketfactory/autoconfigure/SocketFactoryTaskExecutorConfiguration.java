package dev.socketfactory.autoconfigure;

import java.util.concurrent.Executor;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.system.JavaVersion;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The executor on which success events are published.
 */
@Configuration(proxyBeanMethods = false)
class SocketFactoryTaskExecutorConfiguration {

	static final String BEAN_NAME = "socketFactoryTaskExecutor";

	private static final String THREAD_NAME_PREFIX = "socket-factory-";

	private static final int POOL_SIZE = 200;

	@Bean(name = BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = BEAN_NAME)
	TaskExecutor socketFactoryTaskExecutor(Environment environment) {
		boolean virtual = environment.getProperty("spring.threads.virtual.enabled", Boolean.class, true)
				&& JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE);
		return virtual ? virtualThreads() : pool();
	}

	/**
	 * Return how many handlers an executor runs at once.
	 */
	static int placesOf(Executor executor) {
		return (executor instanceof ThreadPoolTaskExecutor pool) ? pool.getMaxPoolSize() : Integer.MAX_VALUE;
	}

	private static TaskExecutor virtualThreads() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(THREAD_NAME_PREFIX);
		executor.setVirtualThreads(true);
		return executor;
	}

	private static TaskExecutor pool() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix(THREAD_NAME_PREFIX);
		executor.setCorePoolSize(0);
		executor.setMaxPoolSize(POOL_SIZE);
		executor.setQueueCapacity(0);
		executor.setDaemon(true);
		// Listeners are drained after the context has begun to close
		executor.setAcceptTasksAfterContextClose(true);
		return executor;
	}

}
