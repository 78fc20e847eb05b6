package dev.socketfactory.actuate;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Knows the user who has called the {@link SocketsEndpoint}, while it is at work. A
 * {@link SecurityContext} among the parameters of its operations would do as well, but an
 * HTTP request would need a content type then.
 *
 * @since 0.1.0
 */
public final class Operator implements OperationInvokerAdvisor {

	private static final EndpointId SOCKETS = EndpointId.of("sockets");

	private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpointId.equals(SOCKETS) || operationType == OperationType.READ) {
			return invoker;
		}
		return (context) -> {
			USER.set(userOf(context.resolveArgument(SecurityContext.class)));
			try {
				return invoker.invoke(context);
			}
			finally {
				USER.remove();
			}
		};
	}

	/**
	 * Return the name of the user whose call the current thread answers, {@code null} if
	 * it is not known.
	 */
	static @Nullable String getName() {
		return USER.get();
	}

	/**
	 * Return how the log calls the user whose call the current thread answers.
	 */
	static String describe() {
		String name = getName();
		return (name != null) ? "'%s'".formatted(name.replaceAll("\\p{Cntrl}", "?")) : "an operator";
	}

	private static @Nullable String userOf(@Nullable SecurityContext context) {
		Principal user = (context != null) ? context.getPrincipal() : null;
		return (user != null) ? user.getName() : null;
	}

}
