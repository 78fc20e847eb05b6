package dev.socketfactory.engine.admission;

import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import com.sun.management.ThreadMXBean;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SourceLimit}.
 */
@Timeout(60)
class SourceLimitTests {

	private static final int STEPS = 200_000;

	private static final int MOST = 8;

	/**
	 * Header of an array and sixteen bytes.
	 */
	private static final int COPY_OF_ADDRESS = 32;

	@Test
	void refusesOneMoreOfTheSameSource() throws UnknownHostException {
		SourceLimit limit = new SourceLimit(2, 64);
		InetAddress client = InetAddress.getByName("192.0.2.7");
		SourceLimit.Source source = limit.tryAcquire(client);
		assertThat(limit.tryAcquire(client)).isSameAs(source);
		assertThat(limit.tryAcquire(client)).isNull();
		assertThat(limit.tryAcquire(InetAddress.getByName("192.0.2.8"))).isNotNull();
		source.release();
		assertThat(limit.tryAcquire(client)).isNotNull();
		assertThat(limit.tryAcquire(client)).isNull();
		assertThat(limit.countConnections(client)).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "64, 2001:db8:0:1::1, 2001:db8:0:1:ffff::2, true", "64, 2001:db8:0:1::1, 2001:db8:0:2::1, false",
			"128, ::1, ::2, false", "128, ::1, ::1, true", "127, ::2, ::3, true", "65, ::1, ::8000:0:0:1, false",
			"65, 8000::1, 8000::7fff:0:0:1, true", "1, ::1, 7fff::1, true", "1, ::1, 8000::1, false",
			"48, 2001:db8:1:2::3, 2001:db8:1:9::3, true", "48, 2001:db8:1::, 2001:db8:2::, false",
			"1, 10.0.0.1, 10.0.0.2, false", "1, 10.0.0.1, ::10.0.0.1, false", "1, 0.0.0.0, ::, false",
			"80, ::fffe:0:1, 0.0.0.1, false", "64, fe80::1%1, fe80::2, true" })
	void aSourceIsAnAddressOfIpv4OrANetworkOfIpv6(int prefix, String one, String other, boolean same)
			throws UnknownHostException {
		SourceLimit limit = new SourceLimit(1, prefix);
		assertThat(limit.tryAcquire(InetAddress.getByName(one))).isNotNull();
		assertThat(limit.tryAcquire(InetAddress.getByName(other)) != null).isEqualTo(!same);
		assertThat(limit.countSources()).isEqualTo(same ? 1 : 2);
	}

	@Test
	void mappedAddressesCountAsIpv4() throws UnknownHostException {
		SourceLimit limit = new SourceLimit(1, 1);
		InetAddress mapped = Inet6Address.getByAddress(null, IpAddresses.parse("::ffff:10.0.0.1"), -1);
		SourceLimit.Source source = limit.tryAcquire(mapped);
		assertThat(source).isNotNull();
		assertThat(limit.tryAcquire(InetAddress.getByName("10.0.0.1"))).isNull();
		assertThat(limit.tryAcquire(InetAddress.getByName("10.0.0.2"))).isNotNull();
		source.release();
		assertThat(limit.tryAcquire(mapped)).isNotNull();
	}

	@Test
	void aLowerLimitHoldsForTheConnectionsThatCome() throws UnknownHostException {
		SourceLimit limit = new SourceLimit(3, 64);
		InetAddress client = InetAddress.getByName("::1");
		SourceLimit.Source source = limit.tryAcquire(client);
		assertThat(limit.tryAcquire(client)).isNotNull();
		assertThat(limit.tryAcquire(client)).isNotNull();
		limit.setMaxConnections(2);
		assertThat(limit.getMaxConnections()).isEqualTo(2);
		source.release();
		assertThat(limit.tryAcquire(client)).isNull();
		source.release();
		assertThat(limit.tryAcquire(client)).isNotNull();
		assertThat(limit.tryAcquire(client)).isNull();
	}

	@Test
	void refusesWhatCannotBe() throws UnknownHostException {
		assertThatIllegalArgumentException().isThrownBy(() -> new SourceLimit(0, 64))
			.withMessage("'max-connections' must be at least 1, not 0");
		assertThatIllegalArgumentException().isThrownBy(() -> new SourceLimit(1, 0))
			.withMessage("'ipv6-prefix' must be from 1 to 128, not 0");
		assertThatIllegalArgumentException().isThrownBy(() -> new SourceLimit(1, 129))
			.withMessage("'ipv6-prefix' must be from 1 to 128, not 129");
		SourceLimit limit = new SourceLimit(1, 64);
		assertThatIllegalArgumentException().isThrownBy(() -> limit.setMaxConnections(-1));
		InetAddress client = InetAddress.getByName("192.0.2.7");
		SourceLimit.Source source = limit.tryAcquire(client);
		source.release();
		assertThatIllegalStateException().isThrownBy(source::release)
			.withMessage("No connection of this source is counted");
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 42, 20260101 })
	void agreesWithAModel(long seed) throws UnknownHostException {
		Random random = new Random(seed);
		int max = 3;
		SourceLimit limit = new SourceLimit(max, 64);
		Map<String, Integer> model = new HashMap<>();
		Map<Client, SourceLimit.Source> open = new IdentityHashMap<>();
		List<Client> clients = new ArrayList<>();
		int refused = 0;
		for (int step = 0; step < STEPS; step++) {
			int kind = random.nextInt(100);
			if (kind == 0) {
				max = 1 + random.nextInt(MOST);
				limit.setMaxConnections(max);
			}
			else if (kind < 55) {
				Client client = Client.random(random);
				int count = model.getOrDefault(client.source, 0);
				SourceLimit.Source source = limit.tryAcquire(client.address);
				assertThat(source != null).as("seed %d, step %d", seed, step).isEqualTo(count < max);
				if (source != null) {
					model.put(client.source, count + 1);
					open.put(client, source);
					clients.add(client);
				}
				else {
					refused++;
				}
			}
			else if (!clients.isEmpty()) {
				Client closed = clients.remove(random.nextInt(clients.size()));
				release(open.remove(closed), model, closed);
			}
			assertThat(limit.countSources()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
		}
		assertThat(refused).isGreaterThan(STEPS / 100);
		for (Client client : clients) {
			assertThat(limit.countConnections(client.address)).isEqualTo(model.get(client.source));
		}
		clients.forEach((client) -> release(open.remove(client), model, client));
		assertThat(limit.countSources()).isZero();
	}

	/**
	 * A connection is counted here after it was counted there, and no longer, so that
	 * only a limit that does not hold makes the number too high.
	 */
	@Test
	void neverOneMoreWithManyThreads() throws Exception {
		SourceLimit limit = new SourceLimit(MOST, 64);
		InetAddress[] sources = { InetAddress.getByName("10.0.0.1"), InetAddress.getByName("2001:db8::1"),
				InetAddress.getByName("10.0.0.2") };
		AtomicIntegerArray open = new AtomicIntegerArray(sources.length);
		AtomicInteger tooMany = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		Parallel.run(4, (thread) -> {
			Random random = new Random(thread);
			Deque<Integer> mine = new ArrayDeque<>();
			Deque<SourceLimit.Source> acquired = new ArrayDeque<>();
			for (int i = 0; i < STEPS / 4; i++) {
				int source = random.nextInt(sources.length);
				if (random.nextInt(20) < 11) {
					SourceLimit.Source counted = limit.tryAcquire(sources[source]);
					if (counted == null) {
						refused.incrementAndGet();
						continue;
					}
					mine.add(source);
					acquired.add(counted);
					if (open.incrementAndGet(source) > MOST) {
						tooMany.incrementAndGet();
					}
				}
				else if (!mine.isEmpty()) {
					int released = mine.remove();
					open.decrementAndGet(released);
					acquired.remove().release();
				}
			}
			for (int released : mine) {
				open.decrementAndGet(released);
				acquired.remove().release();
			}
		});
		assertThat(tooMany).hasValue(0);
		assertThat(refused.get()).isPositive();
		assertThat(limit.countSources()).isZero();
		for (InetAddress source : sources) {
			for (int i = 0; i < MOST; i++) {
				assertThat(limit.tryAcquire(source)).isNotNull();
			}
			assertThat(limit.tryAcquire(source)).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "192.0.2.7", "2001:db8::1" })
	void anotherConnectionOfASourceAllocatesOnlyTheCopyOfItsAddress(String text) throws UnknownHostException {
		SourceLimit limit = new SourceLimit(2, 64);
		InetAddress client = InetAddress.getByName(text);
		limit.tryAcquire(client);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long thread = Thread.currentThread().getId();
		int calls = 10_000;
		acquireAndRelease(limit, client, calls);
		long before = threads.getThreadAllocatedBytes(thread);
		acquireAndRelease(limit, client, calls);
		long allocated = threads.getThreadAllocatedBytes(thread) - before;
		assertThat((double) allocated / (3 * calls)).isLessThan(COPY_OF_ADDRESS + 1);
	}

	/**
	 * One that is counted, one that is refused, one that is released.
	 */
	private static void acquireAndRelease(SourceLimit limit, InetAddress client, int calls) {
		int acquired = 0;
		for (int i = 0; i < calls; i++) {
			SourceLimit.Source source = limit.tryAcquire(client);
			acquired += (limit.tryAcquire(client) != null) ? 1 : 0;
			acquired++;
			source.release();
		}
		assertThat(acquired).isEqualTo(calls);
	}

	private static void release(SourceLimit.Source counted, Map<String, Integer> model, Client client) {
		counted.release();
		model.computeIfPresent(client.source, (source, count) -> (count == 1) ? null : count - 1);
	}

	/**
	 * An address, and the text of the source that it belongs to.
	 */
	private record Client(InetAddress address, String source) {

		private static Client random(Random random) throws UnknownHostException {
			if (random.nextBoolean()) {
				byte[] ipv4 = { 10, 0, (byte) random.nextInt(3), (byte) random.nextInt(20) };
				InetAddress address = InetAddress.getByAddress(ipv4);
				return new Client(address, address.getHostAddress());
			}
			String network = "2001:db8:%x:%x".formatted(random.nextInt(4), random.nextInt(10));
			return new Client(InetAddress.getByName("%s::%x".formatted(network, random.nextInt(0x10000))), network);
		}

	}

}
