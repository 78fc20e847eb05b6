package dev.socketfactory.engine.admission;

import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link AccessList} and {@link NetworkSet}.
 */
@Timeout(60)
class AccessListTests {

	private static final int MANY = 10_000;

	/**
	 * Header of an array and sixteen bytes.
	 */
	private static final int COPY_OF_ADDRESS = 32;

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.255.255.255, true", "10.0.0.0/8, 10.0.0.0, true", "10.0.0.0/8, 11.0.0.0, false",
			"10.0.0.0/8, 9.255.255.255, false", "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.6, false",
			"192.0.2.7/32, 192.0.2.7, true", "0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, 0.0.0.0, true",
			"128.0.0.0/1, 200.1.1.1, true", "128.0.0.0/1, 127.1.1.1, false", "::1, ::1, true", "::1, ::2, false",
			"2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::, false",
			"2001:DB8:0:0:1::/80, 2001:db8::1:2:3:4, true", "2001:db8:0:0:1::/80, 2001:db8::2:0:0:0, false",
			"fe80::/10, fe80::1%1, true", "::/0, ffff::, true", "::/1, 7fff::, true", "::/1, 8000::, false",
			"::10.1.2.3, ::a01:203, true" })
	void allowsWhatIsInTheNetwork(String network, String address, boolean allowed) throws UnknownHostException {
		InetAddress client = InetAddress.getByName(address);
		assertThat(allowing(network).isAllowed(client)).isEqualTo(allowed);
		assertThat(denying(network).isAllowed(client)).isEqualTo(!allowed);
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0/0, ::1", "0.0.0.0/0, ::10.0.0.1", "0.0.0.0/0, ::", "::/0, 0.0.0.0", "::/0, 10.0.0.1",
			"::/0, ::ffff:10.0.0.1", "::fffe:0:0/95, 10.0.0.1" })
	void noNetworkMatchesTheOtherFamily(String network, String address) throws UnknownHostException {
		assertThat(allowing(network).isAllowed(InetAddress.getByName(address))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, true", "::ffff:10.0.0.0/104, true", "::ffff:a00:1, true", "::ffff:0:0/96, true",
			"11.0.0.0/8, false", "::/0, false" })
	void mappedAddressesCountAsIpv4(String network, boolean allowed) throws UnknownHostException {
		byte[] mapped = IpAddresses.parse("::ffff:10.0.0.1");
		InetAddress client = Inet6Address.getByAddress(null, mapped, -1);
		assertThat(client).isInstanceOf(Inet6Address.class);
		assertThat(allowing(network).isAllowed(client)).isEqualTo(allowed);
		assertThat(allowing(network).isAllowed(InetAddress.getByName("10.0.0.1"))).isEqualTo(allowed);
	}

	@Test
	void denyWinsWhateverIsNarrower() throws UnknownHostException {
		AccessList list = new AccessList(List.of("10.0.0.0/8", "10.6.6.1"), List.of("10.6.6.0/24"));
		assertThat(list.isAllowed(InetAddress.getByName("10.6.5.255"))).isTrue();
		assertThat(list.isAllowed(InetAddress.getByName("10.6.6.1"))).isFalse();
		assertThat(list.isAllowed(InetAddress.getByName("11.0.0.1"))).isFalse();
		assertThat(list.getAllow()).containsExactly("10.0.0.0/8", "10.6.6.1");
		assertThat(list.getDeny()).containsExactly("10.6.6.0/24");
	}

	@Test
	void withoutNetworksEverybodyIsAllowed() throws UnknownHostException {
		AccessList list = new AccessList(Collections.emptyList(), Collections.emptyList());
		assertThat(list.isAllowed(InetAddress.getByName("10.0.0.1"))).isTrue();
		assertThat(list.isAllowed(InetAddress.getByName("::1"))).isTrue();
	}

	@Test
	void aSetOfNoNetworksHasNobody() throws UnknownHostException {
		NetworkSet nobody = NetworkSet.of("trusted", Collections.emptyList());
		assertThat(nobody.isEmpty()).isTrue();
		assertThat(nobody.contains(InetAddress.getByName("10.0.0.1"))).isFalse();
		assertThat(nobody.contains(InetAddress.getByName("::"))).isFalse();
	}

	@Test
	void whatItWasMadeOfCanChange() throws UnknownHostException {
		List<String> networks = new ArrayList<>(List.of("10.0.0.0/8"));
		AccessList list = new AccessList(networks, Collections.emptyList());
		networks.set(0, "11.0.0.0/8");
		assertThat(list.isAllowed(InetAddress.getByName("10.0.0.1"))).isTrue();
		assertThat(list.getAllow()).containsExactly("10.0.0.0/8");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					10.0.0.1/8        | bits are set beyond its prefix. Write "10.0.0.0/8" for the network or "10.0.0.1" for the address
					0.0.0.1/0         | bits are set beyond its prefix. Write "0.0.0.0/0"
					255.255.255.255/31 | bits are set beyond its prefix. Write "255.255.255.254/31"
					2001:db8::1/64    | bits are set beyond its prefix. Write "2001:db8:0:0:0:0:0:0/64"
					2001:db8:1::/32   | bits are set beyond its prefix. Write "2001:db8:0:0:0:0:0:0/32"
					::ffff:10.0.0.0/90 | bits are set beyond its prefix
					10.0.0.0/33       | the prefix is not a number from 0 to 32. Write how many bits count, as in "10.0.0.0/32"
					10.0.0.0/         | the prefix is not a number from 0 to 32
					10.0.0.0/-1       | the prefix is not a number from 0 to 32
					10.0.0.0/08       | the prefix is not a number from 0 to 32
					10.0.0.0/+8       | the prefix is not a number from 0 to 32
					10.0.0.0/8/8      | the prefix is not a number from 0 to 32
					10.0.0.0/99999999999 | the prefix is not a number from 0 to 32
					10.0.0.0/255.0.0.0 | the prefix is not a number from 0 to 32
					::/129            | the prefix is not a number from 0 to 128
					010.0.0.1         | octets with leading zeros for octal ones. Write "10.0.0.1" if they are decimal
					10.0.0.00/8       | octets with leading zeros for octal ones. Write "10.0.0.0" if they are decimal
					10.0.0            | not an IPv4 address. Write four octets
					10.0.0.0.0        | not an IPv4 address. Write four octets
					10.0.0.256        | not an IPv4 address. Write four octets
					10..0.1           | not an IPv4 address. Write four octets
					10                | not an IPv4 address. Write four octets
					.                 | not an IPv4 address. Write four octets
					db.example.org    | names are not looked up here. Write the addresses
					localhost         | names are not looked up here. Write the addresses
					beef              | names are not looked up here. Write the addresses
					10.0.0.*          | names are not looked up here. Write the addresses
					0x0a.0.0.1        | names are not looked up here. Write the addresses
					10.0.0.١          | names are not looked up here. Write the addresses
					' 10.0.0.1'       | names are not looked up here. Write the addresses
					''                | it is empty. Write a network or an address
					' '               | it is empty. Write a network or an address
					/8                | it is empty. Write a network or an address
					[::1]             | not an IPv6 address. Write eight groups
					10.0.0.1:80       | not an IPv6 address. Write eight groups
					:::               | not an IPv6 address. Write eight groups
					:                 | not an IPv6 address. Write eight groups
					1::2::3           | not an IPv6 address. Write eight groups
					:1:2:3:4:5:6:7    | not an IPv6 address. Write eight groups
					1:2:3:4:5:6:7     | not an IPv6 address. Write eight groups
					1:2:3:4:5:6:7:    | not an IPv6 address. Write eight groups
					1:2:3:4:5:6:7:8:9 | not an IPv6 address. Write eight groups
					1:2:3:4::5:6:7:8  | not an IPv6 address. Write eight groups
					::12345           | not an IPv6 address. Write eight groups
					::g               | not an IPv6 address. Write eight groups
					::+1              | not an IPv6 address. Write eight groups
					::1.2.3.04        | not an IPv6 address. Write eight groups
					1.2.3.4::         | not an IPv6 address. Write eight groups
					::1.2.3.4:5       | not an IPv6 address. Write eight groups
					1:2:3:4:5:6:7:1.2.3.4 | not an IPv6 address. Write eight groups
					fe80::1%eth0      | an address has no scope here. Write "fe80::1"
					""")
	void saysWhatIsWrongAndWhatWouldBeRight(@Nullable String element, String message) {
		String text = String.valueOf(element);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new AccessList(List.of("10.0.0.0/8", text), List.of("::1")))
			.withMessageStartingWith("'allow[1]' is '%s': ".formatted(text))
			.withMessageContaining(message);
		assertThatIllegalArgumentException().isThrownBy(() -> denying(text))
			.withMessageStartingWith("'deny[0]' is '%s': ".formatted(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "::", "1::", "::8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8",
			"::ffff:1.2.3.4", "::1.2.3.4", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4", "ABCD:ef01::", "0001::0002",
			"0.0.0.0", "255.255.255.255", "1.20.100.9" })
	void readsAddressesAsTheJdkDoes(String text) throws UnknownHostException {
		byte[] address = IpAddresses.parse(text);
		assertThat(InetAddress.getByAddress(address)).isEqualTo(InetAddress.getByName(text));
	}

	/**
	 * Few different bits, so that networks contain, repeat and touch each other.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 20260101, 7777, 987654321 })
	void agreesWithComparingOneNetworkAfterTheOther(long seed) throws UnknownHostException {
		Random random = new Random(seed);
		for (int round = 0; round < 200; round++) {
			List<Network> allow = networks(random, random.nextInt(40));
			List<Network> deny = networks(random, random.nextInt(20));
			AccessList list = new AccessList(texts(allow), texts(deny));
			for (int i = 0; i < 100; i++) {
				byte[] address = address(random, random.nextBoolean());
				boolean allowed = deny.stream().noneMatch((network) -> network.contains(address))
						&& (allow.isEmpty() || allow.stream().anyMatch((network) -> network.contains(address)));
				InetAddress client = InetAddress.getByAddress(address);
				assertThat(list.isAllowed(client)).as("seed %d: %s, %s, %s", seed, client, allow, deny)
					.isEqualTo(allowed);
			}
		}
	}

	@Test
	void searchesTenThousandNetworks() throws UnknownHostException {
		List<String> networks = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			networks.add("10.%d.%d.0/25".formatted(i / 100, i % 100));
			networks.add("2001:db8:%x::/49".formatted(i));
		}
		Collections.shuffle(networks, new Random(1));
		AccessList list = new AccessList(networks, Collections.emptyList());
		for (int i = 0; i < MANY; i++) {
			byte[] ipv4 = { 10, (byte) (i / 100), (byte) (i % 100), 127 };
			byte[] ipv6 = IpAddresses.parse("2001:db8:%x:7fff:ffff:ffff:ffff:ffff".formatted(i));
			assertThat(list.isAllowed(InetAddress.getByAddress(ipv4))).isTrue();
			assertThat(list.isAllowed(InetAddress.getByAddress(ipv6))).isTrue();
			ipv4[3]++;
			ipv6[6] = (byte) 0x80;
			assertThat(list.isAllowed(InetAddress.getByAddress(ipv4))).isFalse();
			assertThat(list.isAllowed(InetAddress.getByAddress(ipv6))).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.50.50.1", "2001:db8::1" })
	void askingAllocatesNoMoreThanTheCopyOfTheAddress(String text) throws UnknownHostException {
		List<String> networks = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			networks.add("10.%d.%d.0/24".formatted(i / 100, i % 100));
		}
		networks.add("2001:db8::/32");
		AccessList list = new AccessList(networks, List.of("11.0.0.0/8", "fe80::/10"));
		InetAddress client = InetAddress.getByName(text);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long thread = Thread.currentThread().getId();
		int allowed = ask(list, client);
		long before = threads.getThreadAllocatedBytes(thread);
		allowed += ask(list, client);
		long allocated = threads.getThreadAllocatedBytes(thread) - before;
		assertThat(allowed).isEqualTo(2 * MANY);
		assertThat((double) allocated / MANY).isLessThan(COPY_OF_ADDRESS + 1);
	}

	private static int ask(AccessList list, InetAddress client) {
		int allowed = 0;
		for (int i = 0; i < MANY; i++) {
			allowed += list.isAllowed(client) ? 1 : 0;
		}
		return allowed;
	}

	private static AccessList allowing(String network) {
		return new AccessList(List.of(network), Collections.emptyList());
	}

	private static AccessList denying(String network) {
		return new AccessList(Collections.emptyList(), List.of(network));
	}

	private static List<String> texts(List<Network> networks) {
		return networks.stream().map(Network::text).toList();
	}

	private static List<Network> networks(Random random, int count) throws UnknownHostException {
		List<Network> networks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			byte[] address = address(random, random.nextBoolean());
			networks.add(Network.of(address, random.nextInt(8 * address.length + 1)));
		}
		return networks;
	}

	private static byte[] address(Random random, boolean ipv6) {
		byte[] address = new byte[ipv6 ? 16 : 4];
		for (int i = 0; i < address.length; i++) {
			address[i] = (byte) switch (random.nextInt(4)) {
				case 0 -> 0;
				case 1 -> 0xff;
				case 2 -> 1 << random.nextInt(8);
				default -> 0x55;
			};
		}
		return address;
	}

	/**
	 * A network that is compared bit by bit.
	 */
	private record Network(byte[] address, int prefix, String text) {

		private static Network of(byte[] address, int prefix) throws UnknownHostException {
			byte[] network = new byte[address.length];
			for (int i = 0; i < prefix; i++) {
				network[i / 8] |= (byte) (address[i / 8] & 0x80 >>> i % 8);
			}
			String text = InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
			return new Network(network, prefix, text);
		}

		private boolean contains(byte[] other) {
			if (other.length != this.address.length) {
				return false;
			}
			return bits(other).equals(bits(this.address));
		}

		private String bits(byte[] bytes) {
			StringBuilder bits = new StringBuilder();
			for (byte next : bytes) {
				bits.append(Integer.toBinaryString(0x100 | next & 0xff), 1, 9);
			}
			return bits.substring(0, this.prefix);
		}

		@Override
		public String toString() {
			return this.text;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Network network && this.text.equals(network.text);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.address);
		}

	}

}
