package dev.socketfactory.testing;

import java.io.IOException;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * A channel without a descriptor.
 */
public class FakeChannel extends AbstractSelectableChannel {

	public FakeChannel() {
		super(SelectorProvider.provider());
	}

	@Override
	protected void implCloseSelectableChannel() {
	}

	@Override
	protected void implConfigureBlocking(boolean block) throws IOException {
	}

	@Override
	public int validOps() {
		return 0;
	}

}
