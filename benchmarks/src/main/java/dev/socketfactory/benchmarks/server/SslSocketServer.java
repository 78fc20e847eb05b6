package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * The JDK's {@link SSLServerSocket}, a thread for each connection.
 */
public final class SslSocketServer {

	private SslSocketServer() {
	}

	public static void main(String[] args) throws IOException, GeneralSecurityException {
		Job job = Job.of(args);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(Job.keys().getKeyManagers(), null, null);
		SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory()
			.createServerSocket(0, Job.LISTEN_QUEUE, InetAddress.getLoopbackAddress());
		Threads.run("acceptor", () -> {
			while (true) {
				Socket client = server.accept();
				Threads.execute(() -> serve(client, job.work()));
			}
		});
		job.serve(server.getLocalPort());
	}

	private static void serve(Socket client, Work work) throws IOException {
		try (client) {
			OutputStream out = client.getOutputStream();
			if (!work.isLine()) {
				out.write('x');
				return;
			}
			Lines.echo(client.getInputStream(), out);
		}
	}

}
