package dev.socketfactory.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketConnection;

import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AliasFor;

/**
 * {@link EventListener} for the events of certain factories. The method's parameter says
 * which type of event it takes; events of other factories, or of other names, are left
 * out before the method is called.
 * <p>
 * Instead of the event a method may take the {@link SocketConnection} of a
 * {@link ConnectionAcceptedEvent} or {@link ConnectionEstablishedEvent}, or the blocking
 * {@link DatagramChannel} of a {@link DatagramSocketOpenedEvent}. It is claimed before
 * the method is called and closed when it returns or throws; it also ends with a client
 * or a datagram socket that is stopped. If another listener has claimed it, the method is
 * not called.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@EventListener
public @interface SocketEventListener {

	/**
	 * Alias for {@link #factory()}.
	 * @return names of factories
	 */
	@AliasFor("factory")
	String[] value() default {};

	/**
	 * Names of the factories whose events the method takes; all if empty.
	 * @return names of factories
	 */
	@AliasFor("value")
	String[] factory() default {};

	/**
	 * Names of the events that the method takes; all if empty.
	 * @return names of events
	 */
	String[] event() default {};

	/**
	 * Types of event that the method takes, if its parameter does not say.
	 * @return event classes
	 */
	@AliasFor(annotation = EventListener.class, attribute = "classes")
	Class<?>[] classes() default {};

	/**
	 * Identifier of the listener.
	 * @return the identifier, empty for the signature of the method
	 */
	@AliasFor(annotation = EventListener.class, attribute = "id")
	String id() default "";

}
