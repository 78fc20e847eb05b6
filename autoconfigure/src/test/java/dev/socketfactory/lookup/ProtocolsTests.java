package dev.socketfactory.lookup;

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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Protocols}.
 */
class ProtocolsTests {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@CsvSource({ "tcp, tcp, 6", "TCP, tcp, 6", "6, tcp, 6", "UDP, udp, 17", "17, udp, 17", "icmp, icmp, 1" })
	void whenUsualProtocolThenSystemKnowsIt(String nameOrNumber, String name, int number) throws IOException {
		assertThat(Protocols.system().protocol(nameOrNumber)).isEqualTo(new Protocol(name, number));
	}

	@Test
	void whenSystemDoesNotKnowNameThenThrows() {
		assertThatLookupException().isThrownBy(() -> Protocols.system().protocol("no-such-protocol"))
			.withMessageStartingWith("Protocol 'no-such-protocol' is not known in ")
			.withMessageEndingWith("/etc/protocols");
	}

	@ParameterizedTest
	@ValueSource(strings = { "rot13", "ROT-13", "caesar", "254", "0254" })
	void whenFileHasNameOrAliasOrNumberThenProtocol(String nameOrNumber) throws IOException {
		Protocols protocols = protocols("other 253\nrot13\t254\tROT-13 caesar # cipher\n");
		assertThat(protocols.protocol(nameOrNumber)).isEqualTo(new Protocol("rot13", 254));
	}

	@Test
	void whenNumberIsTwiceInFileThenFirstProtocol() throws IOException {
		assertThat(protocols("ip 0 IP\nhopopt 0 HOPOPT\n").protocol("0")).isEqualTo(new Protocol("ip", 0));
	}

	@Test
	void whenFileChangesThenNextLookUpSeesIt() throws IOException {
		Protocols protocols = protocols("rot13 253\n");
		assertThat(protocols.protocol("rot13").number()).isEqualTo(253);
		protocols("rot13 254\n");
		assertThat(protocols.protocol("rot13").number()).isEqualTo(254);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rot13", "Tcp", "", "-1", "999", "0x6", "99999999999999999999" })
	void whenFileDoesNotHaveProtocolThenThrows(String nameOrNumber) throws IOException {
		Protocols protocols = protocols("tcp 6 TCP\nudp 17 UDP\nrot13 x\nrot13 -1\n");
		assertThatLookupException().isThrownBy(() -> protocols.protocol(nameOrNumber))
			.withMessage("Protocol '" + nameOrNumber + "' is not known in " + file())
			.returns("getprotobyname", LookupException::getOperation)
			.returns("EADDRNOTAVAIL", LookupException::getErrnoName);
	}

	@Test
	void whenFileCannotBeReadThenThrows() {
		assertThatLookupException().isThrownBy(() -> new Protocols(this.folder).protocol("icmp"))
			.withMessageStartingWith(
					"Protocol 'icmp' cannot be looked up in " + this.folder + ": java.io.IOException: ")
			.withCauseInstanceOf(IOException.class)
			.returns("getprotobyname", LookupException::getOperation);
	}

	@ParameterizedTest
	@CsvSource({ "tcp, tcp, 6", "6, tcp, 6", "udp, udp, 17", "17, udp, 17" })
	void whenTcpOrUdpThenFileIsNotNeeded(String nameOrNumber, String name, int number) throws IOException {
		assertThat(new Protocols(this.folder).protocol(nameOrNumber)).isEqualTo(new Protocol(name, number));
	}

	@ParameterizedTest
	@CsvSource({ "TCP, tcp, 6", "UDP, udp, 17", "ip, ip, 0", "1, icmp, 1", "SCTP, sctp, 132" })
	void whenFileIsMissingThenUsualNamesAreBuiltIn(String nameOrNumber, String name, int number) throws IOException {
		assertThat(new Protocols(file()).protocol(nameOrNumber)).isEqualTo(new Protocol(name, number));
	}

	@Test
	void whenFileIsMissingAndNameIsNotBuiltInThenThrows() {
		assertThatLookupException().isThrownBy(() -> new Protocols(file()).protocol("rot13"))
			.withMessage(
					"Protocol 'rot13' is not known in the built-in table that stands in for the missing " + file());
	}

	@ParameterizedTest
	@CsvSource({ "tcp, TCP", "TCP, TCP", "6, TCP", "udp, UDP", "UDP, UDP", "17, UDP" })
	void whenTcpOrUdpThenTransport(String nameOrNumber, Transport transport) throws IOException {
		assertThat(new Protocols(file()).transport(nameOrNumber)).isSameAs(transport);
	}

	@Test
	void whenAliasInFileThenTransport() throws IOException {
		assertThat(protocols("tcp 6 stream\n").transport("stream")).isSameAs(Transport.TCP);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sctp", "SCTP", "132" })
	void whenNeitherTcpNorUdpThenTransportThrows(String nameOrNumber) throws IOException {
		Protocols protocols = protocols("sctp 132 SCTP\n");
		assertThatLookupException().isThrownBy(() -> protocols.transport(nameOrNumber))
			.withMessage("Protocol '" + nameOrNumber + "' is sctp (number 132), which is neither tcp nor udp")
			.returns("socket", LookupException::getOperation)
			.returns("EPROTONOSUPPORT", LookupException::getErrnoName);
	}

	@Test
	void whenAliasIsOfTheOtherTransportThenCheckThrows() throws IOException {
		Protocols protocols = protocols("udp 17 datagrams\n");
		assertThatLookupException().isThrownBy(() -> protocols.check("datagrams", "tcp"))
			.withMessage("Protocol 'datagrams' is udp, but this type of socket needs tcp")
			.returns("socket", LookupException::getOperation)
			.returns("EPROTONOSUPPORT", LookupException::getErrnoName);
		assertThatNoException().isThrownBy(() -> protocols.check("datagrams", "udp"));
	}

	@Test
	void whenNotKnownThenTransportThrows() throws IOException {
		Protocols protocols = protocols("");
		assertThatLookupException().isThrownBy(() -> protocols.transport("rot13"))
			.withMessage("Protocol 'rot13' is not known in " + file())
			.returns("getprotobyname", LookupException::getOperation);
	}

	@Test
	@SuppressWarnings("NullAway")
	void whenFileIsNullThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Protocols(null))
			.withMessage("'file' must not be null");
	}

	@Test
	@SuppressWarnings("NullAway")
	void whenNameIsNullThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> Protocols.system().protocol(null))
			.withMessage("'nameOrNumber' must not be null");
	}

	private Protocols protocols(String text) throws IOException {
		return new Protocols(Files.writeString(file(), text));
	}

	private Path file() {
		return this.folder.resolve("protocols");
	}

	private static ThrowableTypeAssert<LookupException> assertThatLookupException() {
		return assertThatExceptionOfType(LookupException.class);
	}

}
