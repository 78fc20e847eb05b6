package com.example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Asks its own listener once and ends.
 */
@SpringBootApplication
public class Application {

	@SocketEventListener("lines")
	void serve(SocketConnection client) throws IOException {
		BufferedReader in = client.reader();
		Writer out = client.writer();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			out.write(line.toUpperCase(Locale.ROOT) + "\n");
			out.flush();
		}
	}

	public static void main(String[] args) throws IOException {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, args)) {
			int port = context.getEnvironment().getRequiredProperty("local.socket.lines.port", Integer.class);
			String answer = ask(port, "Hello");
			if (!"HELLO".equals(answer)) {
				throw new IllegalStateException("The answer was " + answer);
			}
		}
	}

	private static String ask(int port, String line) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
			return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
		}
	}

}
