package dev.socketfactory.event;

import dev.socketfactory.SocketFactory;

import org.springframework.context.ApplicationEvent;

/**
 * Base of all events of a {@link SocketFactory}.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public abstract class SocketEvent extends ApplicationEvent {

	private final String eventName;

	/**
	 * Create an event.
	 * @param factory the factory it is about
	 * @param eventName name of the event
	 */
	protected SocketEvent(SocketFactory factory, String eventName) {
		super(factory);
		this.eventName = eventName;
	}

	/**
	 * Return the factory that published this event.
	 * @return the factory
	 */
	@Override
	public SocketFactory getSource() {
		return (SocketFactory) super.getSource();
	}

	/**
	 * Return the name of the factory.
	 * @return the name under which it was declared
	 */
	public String getFactoryName() {
		return getSource().getName();
	}

	/**
	 * Return the number of the factory.
	 * @return its {@linkplain SocketFactory#getId() number}
	 */
	public long getFactoryId() {
		return getSource().getId();
	}

	/**
	 * Return the name of this event.
	 * @return the name that the factory was told to give to events of this type
	 */
	public String getEventName() {
		return this.eventName;
	}

	/**
	 * Return what there is to say in a log.
	 * @param detail what is special about this event
	 */
	String toString(String detail) {
		return "%s[factory=%s, %s]".formatted(getClass().getSimpleName(), getFactoryName(), detail);
	}

}
