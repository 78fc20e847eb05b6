package dev.socketfactory.recipes;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.task.AsyncTaskExecutor;

@Configuration(proxyBeanMethods = false)
class AsynchronousMulticaster {

	@Bean
	SimpleApplicationEventMulticaster applicationEventMulticaster(
			@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
		SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
		multicaster.setTaskExecutor(executor);
		return multicaster;
	}

}
