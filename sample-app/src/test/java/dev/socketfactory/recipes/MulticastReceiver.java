package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketfactory.SocketState;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketStateEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

@Component
class MulticastReceiver {

	final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private final InetAddress group;

	private final NetworkInterface networkInterface;

	private volatile @Nullable DatagramChannel socket;

	MulticastReceiver(@Value("${news.group}") InetAddress group, @Value("${news.interface}") String networkInterface)
			throws IOException {
		this.group = group;
		this.networkInterface = NetworkInterface.getByName(networkInterface);
	}

	@SocketEventListener(factory = "news")
	void receive(DatagramSocketOpenedEvent event) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		try (DatagramChannel channel = event.claimBlockingChannel()) {
			this.socket = channel;
			channel.join(this.group, this.networkInterface);
			while (event.getSource().isRunning()) {
				channel.receive(datagram.clear());
				this.received.add(StandardCharsets.UTF_8.decode(datagram.flip()).toString());
			}
		}
		catch (ClosedChannelException ex) {
			// stopped() has closed it
		}
	}

	@SocketEventListener(factory = "news")
	void stopped(SocketStateEvent event) throws IOException {
		DatagramChannel channel = this.socket;
		if (event.getState() == SocketState.STOPPED && channel != null && !event.getSource().isRunning()) {
			channel.close();
		}
	}

}
