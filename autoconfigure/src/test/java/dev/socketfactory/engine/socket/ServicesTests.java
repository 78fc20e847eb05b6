package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.assertj.core.api.ThrowableTypeAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Services}.
 */
class ServicesTests {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@CsvSource({ "http, tcp, 80", "www, tcp, 80", "smtp, tcp, 25", "tftp, udp, 69", "domain, tcp, 53",
			"domain, udp, 53" })
	void whenUsualNameThenSystemKnowsIt(String name, String protocol, int port) throws IOException {
		assertThat(new Services().port(name, protocol, "host")).isEqualTo(port);
	}

	@Test
	void whenSystemDoesNotKnowNameThenThrows() {
		assertThatLookupFailure().isThrownBy(() -> new Services().port("no-such-service", "tcp", "host"))
			.withMessageStartingWith("getservbyname host: Service 'no-such-service' is not known for tcp in ")
			.withMessageEndingWith("/etc/services");
	}

	@Test
	void whenFileHasNameThenPort() throws IOException {
		assertThat(services("rot13\t12345/tcp\n").port("rot13", "tcp", "host")).isEqualTo(12345);
	}

	@Test
	void whenFileHasAliasThenPort() throws IOException {
		Services services = services("rot13 12345/tcp\tcaesar  shift # cipher\n");
		assertThat(services.port("caesar", "tcp", "host")).isEqualTo(12345);
		assertThat(services.port("shift", "tcp", "host")).isEqualTo(12345);
	}

	@Test
	void whenPortDiffersByProtocolThenPortOfProtocol() throws IOException {
		Services services = services("shell 514/tcp\nsyslog 514/udp\nrot13 1/tcp\nrot13 2/udp\n");
		assertThat(services.port("rot13", "tcp", "host")).isOne();
		assertThat(services.port("rot13", "udp", "host")).isEqualTo(2);
	}

	@Test
	void whenNameIsTwiceInFileThenFirstPort() throws IOException {
		assertThat(services("other 1/tcp rot13\nrot13 2/tcp\n").port("rot13", "tcp", "host")).isOne();
	}

	@Test
	void whenPortIsTheLargestThenPort() throws IOException {
		assertThat(services("rot13 65535/tcp\n").port("rot13", "tcp", "host")).isEqualTo(65535);
	}

	@Test
	void whenFileChangesThenNextLookUpSeesIt() throws IOException {
		Services services = services("rot13 1/tcp\n");
		assertThat(services.port("rot13", "tcp", "host")).isOne();
		services("rot13 2/tcp\n");
		assertThat(services.port("rot13", "tcp", "host")).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "rot13", "#rot13 1/tcp", "other 1/tcp # rot13", "ROT13 1/tcp", "rot13 65536/tcp",
			"rot13 123456/tcp", "rot13 1", "rot13 1/", "rot13 -1/tcp", "rot13 0x50/tcp" })
	void whenFileDoesNotHaveNameThenThrows(String line) throws IOException {
		Services services = services(line);
		assertThatLookupFailure().isThrownBy(() -> services.port("rot13", "tcp", "host"))
			.withMessage("getservbyname host: Service 'rot13' is not known for tcp in " + file());
	}

	@Test
	void whenNameIsKnownForAnotherProtocolThenThrows() throws IOException {
		Services services = services("tftp 69/udp\n");
		assertThatLookupFailure().isThrownBy(() -> services.port("tftp", "tcp", "host"))
			.withMessage(
					"getservbyname host: Service 'tftp' is not known for tcp in " + file() + " (it is known for udp)");
	}

	@Test
	void whenNameIsKnownForOtherProtocolsThenThrowsNamingEachOnce() throws IOException {
		Services services = services("rot13 1/udp\nrot13 2/udp\nrot13 1/sctp\n");
		assertThatLookupFailure().isThrownBy(() -> services.port("rot13", "tcp", "host"))
			.withMessage("getservbyname host: Service 'rot13' is not known for tcp in " + file()
					+ " (it is known for udp, sctp)");
	}

	@Test
	void whenFileCannotBeReadThenThrows() {
		assertThatLookupFailure().isThrownBy(() -> new Services(this.folder).port("http", "tcp", "host"))
			.withMessageStartingWith("getservbyname host: Service 'http' cannot be looked up in " + this.folder
					+ ": java.io.IOException: ")
			.withCauseInstanceOf(IOException.class);
	}

	@ParameterizedTest
	@CsvSource({ "echo, tcp, 7", "echo, udp, 7", "discard, tcp, 9", "daytime, tcp, 13", "qotd, tcp, 17",
			"chargen, udp, 19", "ftp-data, tcp, 20", "ftp, tcp, 21", "ssh, tcp, 22", "telnet, tcp, 23", "smtp, tcp, 25",
			"time, udp, 37", "domain, tcp, 53", "domain, udp, 53", "tftp, udp, 69", "http, tcp, 80", "www, tcp, 80",
			"kerberos, tcp, 88", "pop3, tcp, 110", "sunrpc, tcp, 111", "ntp, udp, 123", "imap2, tcp, 143",
			"imap, tcp, 143", "snmp, udp, 161", "snmp-trap, udp, 162", "bgp, tcp, 179", "ldap, tcp, 389",
			"https, tcp, 443", "submissions, tcp, 465", "syslog, udp, 514", "submission, tcp, 587", "ldaps, tcp, 636",
			"imaps, tcp, 993", "pop3s, tcp, 995", "mqtt, tcp, 1883", "coap, udp, 5683", "secure-mqtt, tcp, 8883" })
	void whenFileIsMissingThenUsualNamesAreBuiltIn(String name, String protocol, int port) throws IOException {
		assertThat(new Services(file()).port(name, protocol, "host")).isEqualTo(port);
	}

	@Test
	void whenFileIsMissingAndNameIsNotBuiltInThenThrows() {
		assertThatLookupFailure().isThrownBy(() -> new Services(file()).port("rot13", "tcp", "host"))
			.withMessage(
					"getservbyname host: Service 'rot13' is not known for tcp in the built-in table that stands in for the missing "
							+ file());
	}

	@Test
	void whenFileIsMissingAndNameIsBuiltInForAnotherProtocolThenThrows() {
		assertThatLookupFailure().isThrownBy(() -> new Services(file()).port("tftp", "tcp", "host"))
			.withMessage(
					"getservbyname host: Service 'tftp' is not known for tcp in the built-in table that stands in for the missing "
							+ file() + " (it is known for udp)");
	}

	@Test
	void whenLookUpFailsThenOperationIsGetservbyname() {
		assertThatLookupFailure().isThrownBy(() -> new Services(file()).port("rot13", "tcp", "host"))
			.returns("getservbyname", SocketOperationException::getOperation)
			.returns("EADDRNOTAVAIL", SocketOperationException::getErrnoName);
	}

	private Services services(String text) throws IOException {
		return new Services(Files.writeString(file(), text));
	}

	private Path file() {
		return this.folder.resolve("services");
	}

	private static ThrowableTypeAssert<SocketOperationException> assertThatLookupFailure() {
		return assertThatExceptionOfType(SocketOperationException.class);
	}

}
