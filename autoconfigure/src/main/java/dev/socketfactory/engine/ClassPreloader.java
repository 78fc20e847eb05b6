package dev.socketfactory.engine;

import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.List;

import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.NativeDetector;

/**
 * Initializes what is needed when descriptors have run out, before they do. A process
 * without descriptors cannot read a class from a directory, and a class whose
 * initialization needs one, such as some of the JDK's, is lost for the life of the
 * process if it is used for the first time then.
 */
final class ClassPreloader {

	private static final Log logger = LogFactory.getLog(ClassPreloader.class);

	/**
	 * What is used for the first time after a factory has been made.
	 */
	private static final List<Class<?>> CLASSES = List.of(AcceptError.class, Acceptor.class, ClientSocketFactory.class,
			ConnectFailures.class, ConnectingSocket.class, ConnectionAcceptedEvent.class,
			ConnectionEstablishedEvent.class, ConnectionWatch.class, Connector.class, CreatedSocket.class,
			DatagramSocketOpenedEvent.class, ManagedSocketFactory.class, OpenSockets.class, Shutdown.class,
			SingleSocketFactory.class, SocketFactoryStatus.class, SocketFailure.class, SocketFailureEvent.class,
			SocketFailureException.class, SocketOperationException.class, SocketTransport.class, StreamConnection.class,
			UnsupportedOperationException.class);

	private ClassPreloader() {
	}

	/**
	 * Initialize what all factories need.
	 */
	static void load() {
		if (NativeDetector.inNativeImage()) {
			// All classes are there
			return;
		}
		CLASSES.forEach(ClassPreloader::loadMembers);
		if (CreatedSocket.RECORDER_PRESENT) {
			loadMembers(ConnectionEvent.class);
		}
		// The rules of the time zone, which loggers need
		ZonedDateTime.now();
	}

	/**
	 * Initialize what a factory needs to make its sockets.
	 * @param spec what it makes
	 */
	static void load(SocketSpec spec) {
		try {
			SocketChannels.open(spec).close();
			if (spec.getKind() == SocketKind.LISTENER && spec.getType() == SocketType.SOCK_STREAM) {
				SocketChannels.openStream(spec, null).close();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.debug("'%s' can hardly be opened either".formatted(spec.getName()), ex);
		}
	}

	/**
	 * Initialize what virtual threads need to wait for a socket: the JDK opens
	 * descriptors of its own when the first of them does.
	 */
	static void loadForVirtualThreads() {
		try {
			Class.forName("sun.nio.ch.Poller", true, null);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			logger.debug("This JDK has another way to let virtual threads wait", ex);
		}
	}

	private static void loadMembers(Class<?> type) {
		for (Class<?> member : type.getNestMembers()) {
			load(member);
		}
	}

	private static void load(Class<?> type) {
		try {
			Class.forName(type.getName(), true, type.getClassLoader());
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
