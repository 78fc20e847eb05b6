package dev.socketfactory.engine;

/**
 * Runs handlers on the event loop, in order.
 */
final class InlineDispatcher implements Dispatcher {

	private final EventLoop loop;

	InlineDispatcher(EventLoop loop) {
		this.loop = loop;
	}

	@Override
	public boolean tryAcquire() {
		return true;
	}

	@Override
	public void acquireBeyondLimit() {
	}

	@Override
	public void release() {
	}

	@Override
	public void whenAvailable(Runnable waiter) {
		this.loop.execute(waiter);
	}

	@Override
	public void dispatch(CreatedSocket socket) {
		this.loop.execute(socket);
	}

	@Override
	public boolean isInline() {
		return true;
	}

}
