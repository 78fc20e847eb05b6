package dev.socketfactory.health;

import java.util.stream.Stream;

import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors.Entry;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link CompositeHealthContributor} with an indicator for every factory there is at the
 * moment.
 *
 * @since 0.1.0
 */
public class SocketsHealthContributor implements CompositeHealthContributor {

	private final DefaultSocketFactories factories;

	private final Status pausedStatus;

	/**
	 * Create a contributor.
	 * @param factories the factories of the application
	 * @param pausedStatus status of a listener that is paused
	 */
	public SocketsHealthContributor(DefaultSocketFactories factories, Status pausedStatus) {
		this.factories = factories;
		this.pausedStatus = pausedStatus;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		ManagedSocketFactory factory = this.factories.find(name);
		return (factory != null) ? indicator(factory) : null;
	}

	@Override
	public Stream<Entry> stream() {
		return this.factories.getAll().stream().map((factory) -> new Entry(factory.getName(), indicator(factory)));
	}

	private SocketHealthIndicator indicator(ManagedSocketFactory factory) {
		return new SocketHealthIndicator(factory, this.pausedStatus);
	}

}
