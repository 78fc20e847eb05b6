package dev.socketfactory.engine;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.EventRecorder;
import jdk.jfr.Recording;

/**
 * A process that serves a connection in each way to dispatch, whatever its JDK Flight
 * Recorder does.
 */
public final class FlightRecorderProcess {

	private FlightRecorderProcess() {
	}

	public static void main(String[] args) throws Exception {
		String executor = serve(DispatchMode.EXECUTOR);
		if (CreatedSocket.RECORDER_PRESENT) {
			record();
		}
		System.out.println("result executor: %s, inline: %s, recorder present: %s".formatted(executor,
				serve(DispatchMode.INLINE), CreatedSocket.RECORDER_PRESENT));
	}

	private static String serve(DispatchMode dispatch) throws Exception {
		try (EventRecorder recorder = new EventRecorder(dispatch)) {
			recorder.handle((event) -> {
				if (event instanceof ConnectionAcceptedEvent accepted) {
					Drill.answer(accepted);
				}
			});
			ManagedSocketFactory listener = recorder.open(SocketSpec.listener("lines").bind("127.0.0.1:0"),
					SocketState.LISTENING);
			try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
				return (client.read(ByteBuffer.allocate(1)) > 0) ? "served" : "not served";
			}
		}
	}

	/**
	 * In a method of its own, because the class may be missing.
	 */
	private static void record() {
		Recording recording = new Recording();
		for (String name : List.of("Accept", "Handler")) {
			recording.enable("dev.socketfactory." + name).withoutThreshold();
		}
		recording.start();
	}

}
