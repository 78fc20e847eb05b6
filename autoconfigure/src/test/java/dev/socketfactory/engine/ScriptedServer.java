package dev.socketfactory.engine;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.test.util.ReflectionTestUtils;

/**
 * Takes the place of a listener's channel where it accepts, and there alone, so that a
 * test says what accept(2) does. As long as a client waits at the real channel the event
 * loop calls it.
 */
final class ScriptedServer extends ServerSocketChannel {

	private final ServerSocketChannel server;

	private final Script script;

	private ScriptedServer(ServerSocketChannel server, Script script) {
		super(server.provider());
		this.server = server;
		this.script = script;
	}

	/**
	 * Let a script accept in place of the channel of a listener that is open.
	 */
	static void install(ManagedSocketFactory factory, Script script) {
		Object acceptor = acceptorOf(factory);
		ServerSocketChannel server = (ServerSocketChannel) Objects
			.requireNonNull(ReflectionTestUtils.getField(acceptor, "server"));
		ReflectionTestUtils.setField(acceptor, "server", new ScriptedServer(server, script));
	}

	static Object acceptorOf(ManagedSocketFactory factory) {
		Object open = Objects.requireNonNull(ReflectionTestUtils.getField(factory, "open"));
		return Objects.requireNonNull(ReflectionTestUtils.getField(open, "acceptor"));
	}

	@Override
	public @Nullable SocketChannel accept() throws IOException {
		return this.script.accept(this.server);
	}

	@Override
	public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) {
		throw new UnsupportedOperationException();
	}

	@Override
	public <T> ServerSocketChannel setOption(SocketOption<T> name, @Nullable T value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public <T> T getOption(SocketOption<T> name) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.server.supportedOptions();
	}

	@Override
	public ServerSocket socket() {
		throw new UnsupportedOperationException();
	}

	@Override
	public SocketAddress getLocalAddress() throws IOException {
		return this.server.getLocalAddress();
	}

	@Override
	protected void implCloseSelectableChannel() {
	}

	@Override
	protected void implConfigureBlocking(boolean block) {
	}

	/**
	 * What accept(2) does.
	 */
	@FunctionalInterface
	interface Script {

		@Nullable SocketChannel accept(ServerSocketChannel server) throws IOException;

	}

}
