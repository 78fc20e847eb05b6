package dev.socketfactory.engine;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.EventRecorder;

/**
 * A process whose runtime image has no JDK Flight Recorder.
 */
public final class WithoutFlightRecorder {

	private WithoutFlightRecorder() {
	}

	public static void main(String[] args) throws Exception {
		try (EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR)) {
			recorder.handle((event) -> {
				if (event instanceof ConnectionAcceptedEvent accepted) {
					accepted.closeUnclaimed("it was served");
				}
			});
			ManagedSocketFactory listener = recorder.open(SocketSpec.listener("lines").bind("127.0.0.1:0"),
					SocketState.LISTENING);
			try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
				String end = (client.read(ByteBuffer.allocate(1)) < 0) ? "served" : "not served";
				System.out.println("result " + end + ", recorder present: " + CreatedSocket.RECORDER_PRESENT);
			}
		}
	}

}
