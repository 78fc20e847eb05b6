package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link MulticastReceiver}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/news.yml", "NEWS_PORT=0" })
@Import(MulticastReceiver.class)
@DirtiesContext
@Timeout(30)
class MulticastReceiverTests {

	@Autowired
	private MulticastReceiver receiver;

	@Autowired
	private SocketFactory newsSocketFactory;

	@Value("${news.group}")
	private String group;

	@Test
	void datagramsOfTheGroupAreReceivedUntilTheFactoryIsStopped() throws IOException {
		InetSocketAddress address = (InetSocketAddress) this.newsSocketFactory.getLocalAddress();
		assertThat(address).isNotNull();
		assumeThat(canSend(address.getPort())).as("multicast works on the loopback interface").isTrue();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
			send(address.getPort(), "extra");
			return this.receiver.received.contains("extra");
		});
		this.newsSocketFactory.stop();
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> ((ManagedSocketFactory) this.newsSocketFactory).getStatus().connections().active() == 0);
		assertThat(this.newsSocketFactory.getState()).isEqualTo(SocketState.STOPPED);
	}

	private boolean canSend(int port) {
		try {
			send(port, "may I");
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void send(int port, String text) throws IOException {
		try (DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
			sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("lo"));
			sender.send(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
					new InetSocketAddress(InetAddress.getByName(this.group), port));
		}
	}

}
