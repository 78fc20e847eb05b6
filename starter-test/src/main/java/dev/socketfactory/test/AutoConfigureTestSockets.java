package dev.socketfactory.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Annotation that can be applied to a test class to keep the sockets of the application
 * to the machine and to enable {@link TestSockets}.
 * <p>
 * Every listener is bound to loopback, in its domain, and a free port; every UNIX socket
 * to a file in a temporary directory, which is deleted with the application context.
 * Clients are not started with the application. They connect to a server that
 * {@link TestSockets#peer} stands for, except those whose {@code remote} is a listener of
 * the application, by <code>${local.socket.&lt;name&gt;.port}</code> or by its path.
 *
 * @since 0.1.0
 * @see TestSocketsAutoConfiguration
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureTestSockets {

	/**
	 * Whether a listener that cannot be opened fails the test. Defaults to {@code true}.
	 * @return whether the start of the application fails
	 */
	@PropertyMapping("socket-factory.fail-fast")
	boolean failFast() default true;

	/**
	 * How long the end of the application context waits for handlers. Defaults to not at
	 * all.
	 * @return a duration such as {@code 5s}
	 */
	@PropertyMapping("socket-factory.shutdown.grace-period")
	String gracePeriod() default "0s";

}
