package dev.socketfactory.engine;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;

import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client whose name the process's locale has no letters for.
 */
@EnabledOnOs(OS.LINUX)
class UndecodablePeerTests {

	@TempDir
	private Path folder;

	@Test
	void whenAPeersNameCannotBeDecodedThenTheOthersAreServed() throws Exception {
		Path path = this.folder.resolve("s");
		try (ChildProcess child = ChildProcess.start(Collections.emptyList(), AnsweringUnixListener.class)) {
			assertThat(child.ask(path.toString())).isEqualTo("LISTENING");
			try (AFUNIXSocketChannel undecodable = AFUNIXSocketChannel.open()) {
				undecodable.bind(AFUNIXSocketAddress.of(nameOf("\u00fc")));
				undecodable.connect(AFUNIXSocketAddress.of(path));
				for (int i = 0; i < 3; i++) {
					assertThat(ask(path)).isEqualTo("x");
				}
			}
			assertThat(child.ask("status")).isEqualTo("LISTENING []");
			child.send("end");
		}
	}

	private byte[] nameOf(String file) {
		return (this.folder + "/" + file).getBytes(StandardCharsets.UTF_8);
	}

	private static String ask(Path path) throws IOException {
		try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			client.connect(UnixDomainSocketAddress.of(path));
			ByteBuffer answer = ByteBuffer.allocate(1);
			client.read(answer);
			return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
		}
	}

}
