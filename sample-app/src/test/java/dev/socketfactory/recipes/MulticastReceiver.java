package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketfactory.event.SocketEventListener;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

@Component
class MulticastReceiver {

	final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private final InetAddress group;

	private final NetworkInterface networkInterface;

	MulticastReceiver(@Value("${news.group}") InetAddress group, @Value("${news.interface}") String networkInterface)
			throws IOException {
		this.group = group;
		this.networkInterface = NetworkInterface.getByName(networkInterface);
	}

	@SocketEventListener("news")
	void receive(DatagramChannel socket) throws IOException {
		socket.join(this.group, this.networkInterface);
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		while (true) {
			socket.receive(datagram.clear());
			this.received.add(StandardCharsets.UTF_8.decode(datagram.flip()).toString());
		}
	}

}
