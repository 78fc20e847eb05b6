package dev.socketfactory.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why an operation was not carried out.
 *
 * @param status the HTTP status
 * @param message the reason, and what there is instead
 * @since 0.1.0
 */
public record RefusalDescriptor(int status, String message) implements OperationResponseBody {

}
