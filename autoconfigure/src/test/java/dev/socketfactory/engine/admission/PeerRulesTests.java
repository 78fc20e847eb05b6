package dev.socketfactory.engine.admission;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.List;

import dev.socketfactory.testing.LeakCheck;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PeerRules}, with the principals of a real UNIX socket.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs({ OS.LINUX, OS.MAC })
@Timeout(60)
class PeerRulesTests {

	private static final int OTHER = 54321;

	private static final long LARGEST = 4294967294L;

	@TempDir
	private Path directory;

	@Test
	void allowsByNameAndByNumber() throws IOException {
		UnixDomainPrincipal peer = peer();
		int user = id("unix:uid");
		int group = id("unix:gid");
		assertThat(users(peer.user().getName()).isAllowed(peer.user(), peer.group())).isTrue();
		assertThat(users(String.valueOf(user)).isAllowed(peer.user(), peer.group())).isTrue();
		assertThat(groups(peer.group().getName()).isAllowed(peer.user(), peer.group())).isTrue();
		assertThat(groups(String.valueOf(group)).isAllowed(peer.user(), peer.group())).isTrue();
		assertThat(users(String.valueOf(OTHER)).isAllowed(peer.user(), peer.group())).isFalse();
		assertThat(groups(String.valueOf(OTHER)).isAllowed(peer.user(), peer.group())).isFalse();
	}

	@Test
	void eitherListSuffices() throws IOException {
		UnixDomainPrincipal peer = peer();
		List<String> other = List.of(String.valueOf(OTHER));
		assertThat(PeerRules.resolve(List.of(peer.user().getName()), other).isAllowed(peer.user(), peer.group()))
			.isTrue();
		assertThat(PeerRules.resolve(other, List.of(peer.group().getName())).isAllowed(peer.user(), peer.group()))
			.isTrue();
		assertThat(PeerRules.resolve(other, other).isAllowed(peer.user(), peer.group())).isFalse();
		assertThat(PeerRules.resolve(List.of(String.valueOf(OTHER), peer.user().getName()), Collections.emptyList())
			.isAllowed(peer.user(), peer.group())).isTrue();
	}

	@Test
	void withoutRulesEverybodyMayConnect() throws IOException {
		UnixDomainPrincipal peer = peer();
		PeerRules rules = PeerRules.resolve(Collections.emptyList(), Collections.emptyList());
		assertThat(rules.isEmpty()).isTrue();
		assertThat(rules.isAllowed(peer.user(), peer.group())).isTrue();
		assertThat(users(String.valueOf(OTHER)).isEmpty()).isFalse();
	}

	@Test
	void userAndGroupOfTheSameNumberAreNotTheSame() throws IOException {
		UserPrincipal user = this.directory.getFileSystem()
			.getUserPrincipalLookupService()
			.lookupPrincipalByName(String.valueOf(OTHER));
		GroupPrincipal group = this.directory.getFileSystem()
			.getUserPrincipalLookupService()
			.lookupPrincipalByGroupName(String.valueOf(OTHER + 1));
		assertThat(users(String.valueOf(OTHER)).isAllowed(user, group)).isTrue();
		assertThat(groups(String.valueOf(OTHER)).isAllowed(user, group)).isFalse();
		assertThat(users(String.valueOf(OTHER + 1)).isAllowed(user, group)).isFalse();
		assertThat(groups(String.valueOf(OTHER + 1)).isAllowed(user, group)).isTrue();
	}

	/**
	 * The JDK has numbers in an {@code int}, and those of its file attributes come from
	 * the system as those of a socket do.
	 */
	@Test
	void takesNumbersThatDoNotFitAnInt() throws IOException {
		UserPrincipal user = this.directory.getFileSystem()
			.getUserPrincipalLookupService()
			.lookupPrincipalByName(String.valueOf((int) LARGEST));
		UnixDomainPrincipal peer = peer();
		assertThat(users(String.valueOf(LARGEST)).isAllowed(user, peer.group())).isTrue();
		assertThat(users(String.valueOf(LARGEST - 1)).isAllowed(user, peer.group())).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "no-such-user-here", "4294967295", "99999999999", "-1", "+1", "01", "1 000",
			"OWNER@", "EVERYONE@", "1000x", "root " })
	void refusesWhatTheSystemDoesNotKnow(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> PeerRules.resolve(List.of("0", text), List.of("0")))
			.withMessageStartingWith("'users[1]' is '%s': ".formatted(text))
			.withMessageContaining("or a number from 0 to 4294967294");
		assertThatIllegalArgumentException().isThrownBy(() -> groups(text))
			.withMessageStartingWith("'groups[0]' is '%s': ".formatted(text));
	}

	private static PeerRules users(String user) throws IOException {
		return PeerRules.resolve(List.of(user), Collections.emptyList());
	}

	private static PeerRules groups(String group) throws IOException {
		return PeerRules.resolve(Collections.emptyList(), List.of(group));
	}

	private UnixDomainPrincipal peer() throws IOException {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(this.directory.resolve("s"));
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address);
			try (SocketChannel client = SocketChannel.open(address); SocketChannel accepted = server.accept()) {
				assertThat(client.isConnected()).isTrue();
				return accepted.getOption(ExtendedSocketOptions.SO_PEERCRED);
			}
		}
		finally {
			Files.deleteIfExists(address.getPath());
		}
	}

	/**
	 * Return the number of the owner of what this process makes.
	 */
	private int id(String attribute) throws IOException {
		Path file = Files.createTempFile(this.directory, "owned", "");
		return (Integer) Files.getAttribute(file, attribute);
	}

}
