package dev.socketfactory.engine;

import java.net.SocketAddress;

import dev.socketfactory.engine.socket.OpenedSocket;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Something that JDK Flight Recorder is told of one connection. Not to be touched where
 * {@link CreatedSocket#isRecorded()} says no: the recorder may be missing. An event that
 * nobody records is not made; one of each kind is there to be asked. The code of this
 * class itself names none of its kinds: the recorder looks into it while it loads one of
 * them, which would be loaded a second time then, and be refused by the JVM.
 */
@Category("Socket Factory")
@Enabled(false)
@StackTrace(false)
abstract class ConnectionEvent extends Event {

	@Label("Factory")
	@Description("Name of the listener or client")
	@Nullable String factory;

	@Label("Connection Id")
	@Description("Number of the connection, unique in the process")
	long connectionId;

	@Label("Remote Address")
	@Description("Address of the peer, if it has one")
	@Nullable String remoteAddress;

	private static ConnectionEvent begun(ConnectionEvent event) {
		event.begin();
		return event;
	}

	/**
	 * Record the event, if somebody wants it.
	 * @param factoryName name of the factory
	 * @param id number of the connection
	 * @param peer address of the peer, {@code null} if it has none
	 */
	void record(String factoryName, long id, @Nullable SocketAddress peer) {
		if (shouldCommit()) {
			this.factory = factoryName;
			this.connectionId = id;
			this.remoteAddress = (peer != null) ? OpenedSocket.text(peer) : null;
			commit();
		}
	}

	@Name("dev.socketfactory.Accept")
	@Label("Connection Accepted")
	@Description("A listener has accepted a connection that passed its rules")
	static final class Accept extends ConnectionEvent {

		private static final Accept ASKED = new Accept();

		static @Nullable ConnectionEvent ifEnabled() {
			return ASKED.isEnabled() ? new Accept() : null;
		}

	}

	@Name("dev.socketfactory.Connect")
	@Label("Connection Established")
	@Description("A client has connected; lasts from the start of the lookup")
	static final class Connect extends ConnectionEvent {

		private static final Connect ASKED = new Connect();

		static @Nullable ConnectionEvent ifEnabled() {
			return ASKED.isEnabled() ? begun(new Connect()) : null;
		}

	}

	@Name("dev.socketfactory.Handshake")
	@Label("TLS Handshake")
	@Description("A TLS handshake has succeeded; lasts from its start")
	static final class Handshake extends ConnectionEvent {

		private static final Handshake ASKED = new Handshake();

		static @Nullable ConnectionEvent ifEnabled() {
			return ASKED.isEnabled() ? begun(new Handshake()) : null;
		}

	}

	@Name("dev.socketfactory.Handler")
	@Label("Handlers")
	@Description("The handlers of a socket have returned; lasts from their start")
	static final class Handler extends ConnectionEvent {

		private static final Handler ASKED = new Handler();

		static @Nullable ConnectionEvent ifEnabled() {
			return ASKED.isEnabled() ? begun(new Handler()) : null;
		}

	}

}
