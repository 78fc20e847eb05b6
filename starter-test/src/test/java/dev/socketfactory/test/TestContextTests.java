package dev.socketfactory.test;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactoryCustomizer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AutoConfigureTestSockets} in the life of test contexts, which are
 * driven here as JUnit's extension drives them.
 */
class TestContextTests {

	@Test
	void contextThatIsUsedAgainKeepsItsSockets() throws Exception {
		TestContextManager first = new TestContextManager(FirstTest.class);
		SocketTest test = prepare(first, new FirstTest());
		SocketAddress address = test.factories.get("lines").getLocalAddress();
		// Another context meanwhile, for which Spring pauses the first one
		TestContextManager other = new TestContextManager(OtherTest.class);
		prepare(other, new OtherTest()).talk();
		SocketTest again = prepare(new TestContextManager(SecondTest.class), new SecondTest());
		assertThat(again.factories).isSameAs(test.factories);
		assertThat(again.factories.get("lines").getLocalAddress()).isEqualTo(address);
		again.talk();
		close(first);
		close(other);
	}

	@Test
	void nothingIsLeftOfClosedContext() throws Exception {
		// Contexts of other classes may be in the cache
		List<Thread> threads = threads();
		long descriptors = descriptors();
		TestContextManager manager = new TestContextManager(FirstTest.class);
		SocketTest test = prepare(manager, new FirstTest());
		SocketAddress address = test.factories.get("lines").getLocalAddress();
		Path directory = ((UnixDomainSocketAddress) test.factories.get("lines-unix").getLocalAddress()).getPath()
			.getParent();
		test.talk();
		// None of these is closed by the test
		test.sockets.connect("lines").sendLine("Hello");
		test.sockets.connect("lines-unix");
		test.sockets.peer("upstream").expectLine("ping");
		test.sockets.datagram("echo").send("Hello");
		test.sockets.datagram("news").expect("subscribe");
		assertThat(directory).isNotEmptyDirectory();
		close(manager);
		assertThat(directory).doesNotExist();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketChannel.open(address).close());
		Awaitility.await().untilAsserted(() -> {
			assertThat(threads()).isSubsetOf(threads);
			assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
		});
	}

	@Test
	void classesThatRunAtTheSameTimeDoNotMeet() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(3);
		try {
			List<Future<TestContextManager>> all = new ArrayList<>();
			all.add(executor.submit(() -> run(FirstTest.class, new FirstTest())));
			all.add(executor.submit(() -> run(SecondTest.class, new SecondTest())));
			all.add(executor.submit(() -> run(OtherTest.class, new OtherTest())));
			for (Future<TestContextManager> manager : all) {
				manager.get(50, TimeUnit.SECONDS);
			}
			close(all.get(0).get());
			close(all.get(2).get());
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void customizerOfTheTestHasTheLastWordAndListenerThatCannotBeOpenedFailsTheTest() throws Exception {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> prepare(new TestContextManager(FailingTest.class), new FailingTest()))
			.havingCause()
			.havingCause()
			.isInstanceOf(ListenerStartException.class)
			.withMessageContaining("203.0.113.1");
	}

	@Test
	void propertiesFollowTheAnnotation() throws Exception {
		TestContextManager manager = new TestContextManager(FirstTest.class);
		assertProperties(prepare(manager, new FirstTest()), "true", "0s");
		close(manager);
		manager = new TestContextManager(PatientTest.class);
		assertProperties(prepare(manager, new PatientTest()), "false", "2s");
		close(manager);
	}

	private static void assertProperties(SocketTest test, String failFast, String gracePeriod) {
		assertThat(test.environment.getProperty("socket-factory.fail-fast")).isEqualTo(failFast);
		assertThat(test.environment.getProperty("socket-factory.shutdown.grace-period")).isEqualTo(gracePeriod);
	}

	private static TestContextManager run(Class<?> type, SocketTest test) throws Exception {
		TestContextManager manager = new TestContextManager(type);
		prepare(manager, test).talk();
		return manager;
	}

	private static SocketTest prepare(TestContextManager manager, SocketTest test) throws Exception {
		manager.beforeTestClass();
		manager.prepareTestInstance(test);
		return test;
	}

	private static void close(TestContextManager manager) throws Exception {
		ApplicationContext context = manager.getTestContext().getApplicationContext();
		manager.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		manager.afterTestClass();
		assertThat(context).isNotNull();
	}

	/**
	 * Return the threads of all contexts, without those that come and go while a context
	 * is open.
	 */
	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("socket-"))
			.filter((thread) -> !thread.getName().matches("socket-(file|lookup)-.*"))
			.toList();
	}

	/**
	 * Count what sockets and selectors have open, 0 where the system does not tell.
	 */
	private static long descriptors() throws IOException {
		Path directory = Path.of("/proc/self/fd");
		if (!Files.isDirectory(directory)) {
			return 0;
		}
		try (Stream<Path> descriptors = Files.list(directory)) {
			return descriptors.filter(TestContextTests::isSocketOrSelector).count();
		}
	}

	private static boolean isSocketOrSelector(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			return target.startsWith("socket:") || target.startsWith("anon_inode:");
		}
		catch (IOException ex) {
			return false;
		}
	}

	abstract static class SocketTest {

		@Autowired
		TestSockets sockets;

		@Autowired
		SocketFactories factories;

		@Autowired
		Environment environment;

		void talk() {
			for (String listener : List.of("lines", "lines-v6", "lines-unix")) {
				try (TestConnection client = this.sockets.connect(listener)) {
					client.sendLine("Hello").expectLine("HELLO");
				}
			}
			try (TestConnection peer = this.sockets.peer("upstream-unix")) {
				peer.expectLine("ping").sendLine("pong").expectEnd();
			}
		}

	}

	@SpringBootTest(properties = "test.life=true")
	@AutoConfigureTestSockets
	static class FirstTest extends SocketTest {

	}

	@SpringBootTest(properties = "test.life=true")
	@AutoConfigureTestSockets
	static class SecondTest extends SocketTest {

	}

	@SpringBootTest(properties = "test.life=other")
	@AutoConfigureTestSockets
	static class OtherTest extends SocketTest {

	}

	@SpringBootTest
	@AutoConfigureTestSockets(failFast = false, gracePeriod = "2s")
	static class PatientTest extends SocketTest {

	}

	@SpringBootTest
	@AutoConfigureTestSockets
	static class FailingTest extends SocketTest {

		@TestConfiguration(proxyBeanMethods = false)
		static class Elsewhere {

			@Bean
			SocketFactoryCustomizer elsewhere() {
				return (spec) -> {
					if (spec.getName().equals("lines")) {
						spec.bind("203.0.113.1:0");
					}
				};
			}

		}

	}

}
