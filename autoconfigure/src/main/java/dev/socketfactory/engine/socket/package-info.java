/**
 * Opens and binds sockets: names and addresses, channels, options, the files of UNIX
 * sockets, what the system tells of them, and the errors of the platform. A failure is
 * told with the system call that failed.
 */
@NullMarked
package dev.socketfactory.engine.socket;

import org.jspecify.annotations.NullMarked;
