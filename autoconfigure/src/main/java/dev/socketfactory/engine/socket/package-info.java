/**
 * Opens and binds sockets: addresses of endpoints, channels, options, and the files of
 * UNIX sockets. An error is told with the system call that failed.
 */
@NullMarked
package dev.socketfactory.engine.socket;

import org.jspecify.annotations.NullMarked;
