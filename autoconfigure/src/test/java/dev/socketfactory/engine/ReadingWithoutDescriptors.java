package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * A program whose handler, on a virtual thread, waits for its client for the first time
 * when no descriptor is left, and prints what it was sent. Used by
 * {@link SocketErrnoProcessTests}.
 */
public final class ReadingWithoutDescriptors {

	/**
	 * So that the handler has to wait.
	 */
	private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

	private final CountDownLatch exhausted = new CountDownLatch(1);

	private final CountDownLatch read = new CountDownLatch(1);

	private ReadingWithoutDescriptors() {
	}

	public static void main(String[] args) throws Exception {
		new ReadingWithoutDescriptors().run();
		System.exit(0);
	}

	private void run() throws Exception {
		SimpleAsyncTaskExecutor virtual = new SimpleAsyncTaskExecutor("handler-");
		virtual.setVirtualThreads(true);
		EngineSettings settings = new EngineSettings(virtual, Integer.MAX_VALUE, DispatchMode.EXECUTOR,
				(name, address) -> {
				}, Runnable::run, (bundle) -> {
					throw new IllegalStateException();
				}, Collections.emptyList(), 0);
		DefaultSocketFactories factories = new DefaultSocketFactories(this::handle, settings, Collections.emptyList(),
				List.of(SocketSpec.listener("listener").bind("127.0.0.1").build()));
		factories.start();
		SocketChannel client = SocketChannel.open(factories.get("listener").getLocalAddress());
		while (factories.getAll().get(0).getConnections().total() == 0) {
			Thread.onSpinWait();
		}
		Drill.takeAllDescriptors();
		this.exhausted.countDown();
		LockSupport.parkNanos(LATER_NANOS);
		client.write(ByteBuffer.wrap(new byte[] { 'x' }));
		this.read.await();
	}

	private void handle(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			SocketChannel channel = accepted.claimBlockingChannel();
			ByteBuffer buffer = ByteBuffer.allocate(1);
			try {
				this.exhausted.await();
				channel.socket().setSoTimeout(10_000);
				int length = channel.read(buffer);
				System.out.println("result|read|" + length + "|" + (char) buffer.get(0));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.read.countDown();
			}
		}
	}

}
