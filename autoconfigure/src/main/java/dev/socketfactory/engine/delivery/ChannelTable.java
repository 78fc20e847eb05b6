package dev.socketfactory.engine.delivery;

import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The open channels that a factory has created. That a claimed channel was closed is
 * found by asking it; a table of slots makes this, adding and removing free of
 * allocation. A channel is attended as long as its handlers run; when they have returned
 * and it is still open, they have handed it on. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class ChannelTable {

	/**
	 * Stands for the slot of a channel that is not in the table.
	 */
	public static final int NO_SLOT = -1;

	private @Nullable SelectableChannel[] channels = new SelectableChannel[16];

	private boolean[] unattended = new boolean[16];

	private int[] freeSlots = new int[16];

	private int freeCount;

	private int slotCount;

	private int unattendedCount;

	private final Closings closings;

	private final Runnable removal;

	/**
	 * Create a table.
	 * @param closings told of every channel that has been removed
	 * @param removal what to do when channels have been removed, on the thread that found
	 * them closed
	 */
	public ChannelTable(Closings closings, Runnable removal) {
		this.closings = closings;
		this.removal = removal;
	}

	/**
	 * Add an open channel, attended.
	 * @param channel the channel
	 * @return its slot
	 */
	public synchronized int add(SelectableChannel channel) {
		int slot = (this.freeCount > 0) ? this.freeSlots[--this.freeCount] : newSlot();
		this.channels[slot] = channel;
		return slot;
	}

	/**
	 * Remove a channel if it has been closed.
	 * @param slot its slot
	 * @param channel the channel, which may have been removed before
	 */
	void removeIfClosed(int slot, SelectableChannel channel) {
		if (!channel.isOpen() && remove(slot, channel)) {
			removed();
		}
	}

	/**
	 * Note that the handlers of a channel have returned, and remove it if it has been
	 * closed.
	 * @param slot its slot
	 * @param channel the channel, which may have been removed before
	 * @return whether it is the first one that is open and unattended
	 */
	boolean handlersReturned(int slot, SelectableChannel channel) {
		if (channel.isOpen()) {
			return leaveUnattended(slot, channel);
		}
		removeIfClosed(slot, channel);
		return false;
	}

	/**
	 * Return whether there is a channel whose handlers have returned.
	 */
	synchronized boolean hasUnattended() {
		return this.unattendedCount > 0;
	}

	/**
	 * Remove all channels that have been closed.
	 * @return how many there were
	 */
	public int removeClosed() {
		int removed = freeClosed();
		if (removed > 0) {
			removed();
		}
		return removed;
	}

	private synchronized boolean remove(int slot, SelectableChannel channel) {
		if (this.channels[slot] != channel) {
			return false;
		}
		free(slot);
		return true;
	}

	private synchronized boolean leaveUnattended(int slot, SelectableChannel channel) {
		if (this.channels[slot] != channel || this.unattended[slot]) {
			return false;
		}
		this.unattended[slot] = true;
		this.unattendedCount++;
		return this.unattendedCount == 1;
	}

	private synchronized int freeClosed() {
		int removed = 0;
		for (int slot = 0; slot < this.slotCount; slot++) {
			SelectableChannel channel = this.channels[slot];
			if (channel != null && !channel.isOpen()) {
				free(slot);
				removed++;
			}
		}
		return removed;
	}

	/**
	 * Return who is told when one of the channels has been closed.
	 * @return what all factories of the application share
	 */
	public Closings getClosings() {
		return this.closings;
	}

	/**
	 * Return how many channels there are, those included that have been closed and not
	 * been looked at since.
	 * @return their number
	 */
	public synchronized int size() {
		return this.slotCount - this.freeCount;
	}

	/**
	 * Return the channels.
	 * @return a snapshot
	 */
	public synchronized List<SelectableChannel> getChannels() {
		List<SelectableChannel> open = new ArrayList<>(size());
		for (SelectableChannel channel : this.channels) {
			if (channel != null) {
				open.add(channel);
			}
		}
		return open;
	}

	private void removed() {
		this.closings.happened();
		this.removal.run();
	}

	private int newSlot() {
		if (this.slotCount == this.channels.length) {
			@Nullable SelectableChannel[] moreChannels = Arrays.copyOf(this.channels, this.slotCount * 2);
			this.freeSlots = Arrays.copyOf(this.freeSlots, this.slotCount * 2);
			this.unattended = Arrays.copyOf(this.unattended, this.slotCount * 2);
			this.channels = moreChannels;
		}
		return this.slotCount++;
	}

	private void free(int slot) {
		this.channels[slot] = null;
		if (this.unattended[slot]) {
			this.unattended[slot] = false;
			this.unattendedCount--;
		}
		this.freeSlots[this.freeCount++] = slot;
	}

}
