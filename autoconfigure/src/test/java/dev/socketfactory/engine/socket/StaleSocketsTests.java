package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StaleSockets}.
 */
@ExtendWith(LeakCheck.class)
@Timeout(30)
@EnabledOnOs({ OS.LINUX, OS.MAC })
class StaleSocketsTests {

	@TempDir
	Path folder;

	@Test
	void whenListenerWasClosedThenStale() throws IOException {
		listen().close();
		assertThat(StaleSockets.isStale(path())).isTrue();
		assertThat(path()).exists();
	}

	@Test
	void whenListenerListensThenNot() throws IOException {
		try (ServerSocketChannel listener = listen()) {
			assertThat(StaleSockets.isStale(path())).isFalse();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenListenQueueIsFullThenNot() throws IOException {
		List<SocketChannel> clients = new ArrayList<>();
		try (ServerSocketChannel listener = listen()) {
			for (int i = 0; i < 2; i++) {
				clients.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
			}
			assertThat(StaleSockets.isStale(path())).isFalse();
		}
		finally {
			for (SocketChannel client : clients) {
				client.close();
			}
		}
	}

	@Test
	void whenDatagramSocketIsOpenThenNotAndStaleAfterwards() throws IOException {
		try (DatagramChannel datagram = UnixDatagrams.open()) {
			datagram.bind(UnixDatagrams.address(path()));
			assertThat(StaleSockets.isStale(path())).isFalse();
		}
		if (Files.exists(path())) {
			assertThat(StaleSockets.isStale(path())).isTrue();
		}
	}

	@Test
	void whenPlainFileThenNot() throws IOException {
		Files.writeString(path(), "text");
		assertThat(StaleSockets.isStale(path())).isFalse();
	}

	@Test
	void whenFolderThenNot() throws IOException {
		Files.createDirectory(path());
		assertThat(StaleSockets.isStale(path())).isFalse();
	}

	@Test
	void whenLinkThenNot() throws IOException {
		listen().close();
		Path link = Files.createSymbolicLink(this.folder.resolve("link"), path());
		Path dangling = Files.createSymbolicLink(this.folder.resolve("dangling"), this.folder.resolve("nowhere"));
		assertThat(StaleSockets.isStale(link)).isFalse();
		assertThat(StaleSockets.isStale(dangling)).isFalse();
	}

	@Test
	void whenSocketIsGoneThenNobodyAnswers() throws IOException {
		assertThat(StaleSockets.isStale(path())).isTrue();
	}

	private ServerSocketChannel listen() throws IOException {
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path()), 1);
	}

	private Path path() {
		return this.folder.resolve("s");
	}

}
