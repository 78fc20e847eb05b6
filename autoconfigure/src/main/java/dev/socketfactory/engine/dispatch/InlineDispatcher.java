package dev.socketfactory.engine.dispatch;

import dev.socketfactory.engine.loop.EventLoop;

/**
 * Publishes on the event loop, in order.
 *
 * @since 0.1.0
 */
public final class InlineDispatcher implements Dispatcher {

	private final EventLoop loop;

	/**
	 * Create a dispatcher.
	 * @param loop where to publish
	 */
	public InlineDispatcher(EventLoop loop) {
		this.loop = loop;
	}

	@Override
	public boolean tryReserve() {
		return true;
	}

	@Override
	public void reserveAnyway() {
	}

	@Override
	public void release() {
	}

	@Override
	public void whenFree(Runnable waiter) {
		this.loop.execute(waiter);
	}

	@Override
	public void dispatch(Delivery delivery) {
		this.loop.execute(delivery);
	}

	@Override
	public boolean isInline() {
		return true;
	}

	@Override
	public int getRunning() {
		return 0;
	}

}
