package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ErrnoTable}.
 */
class ErrnoTableTests {

	private final ErrnoTable table = ErrnoTable.load(Collections.emptyMap());

	@ParameterizedTest
	@EnabledOnOs(OS.LINUX)
	@CsvSource(delimiter = '|', textBlock = """
			Operation not permitted                       | EPERM           | 1
			No such file or directory                     | ENOENT          | 2
			Interrupted system call                       | EINTR           | 4
			Input/output error                            | EIO             | 5
			Bad file descriptor                           | EBADF           | 9
			Resource temporarily unavailable              | EAGAIN          | 11
			Cannot allocate memory                        | ENOMEM          | 12
			Permission denied                             | EACCES          | 13
			File exists                                   | EEXIST          | 17
			Not a directory                               | ENOTDIR         | 20
			Is a directory                                | EISDIR          | 21
			Invalid argument                              | EINVAL          | 22
			Too many open files in system                 | ENFILE          | 23
			Too many open files                           | EMFILE          | 24
			No space left on device                       | ENOSPC          | 28
			Read-only file system                         | EROFS           | 30
			Broken pipe                                   | EPIPE           | 32
			File name too long                            | ENAMETOOLONG    | 36
			Too many levels of symbolic links             | ELOOP           | 40
			Machine is not on the network                 | ENONET          | 64
			Protocol error                                | EPROTO          | 71
			Socket operation on non-socket                | ENOTSOCK        | 88
			Message too long                              | EMSGSIZE        | 90
			Protocol wrong type for socket                | EPROTOTYPE      | 91
			Protocol not available                        | ENOPROTOOPT     | 92
			Protocol not supported                        | EPROTONOSUPPORT | 93
			Socket type not supported                     | ESOCKTNOSUPPORT | 94
			Operation not supported                       | EOPNOTSUPP      | 95
			Protocol family not supported                 | EPFNOSUPPORT    | 96
			Address family not supported by protocol      | EAFNOSUPPORT    | 97
			Address already in use                        | EADDRINUSE      | 98
			Cannot assign requested address               | EADDRNOTAVAIL   | 99
			Network is down                               | ENETDOWN        | 100
			Network is unreachable                        | ENETUNREACH     | 101
			Network dropped connection on reset           | ENETRESET       | 102
			Software caused connection abort              | ECONNABORTED    | 103
			Connection reset by peer                      | ECONNRESET      | 104
			No buffer space available                     | ENOBUFS         | 105
			Transport endpoint is already connected       | EISCONN         | 106
			Transport endpoint is not connected           | ENOTCONN        | 107
			Cannot send after transport endpoint shutdown | ESHUTDOWN       | 108
			Too many references: cannot splice            | ETOOMANYREFS    | 109
			Connection timed out                          | ETIMEDOUT       | 110
			Connection refused                            | ECONNREFUSED    | 111
			Host is down                                  | EHOSTDOWN       | 112
			No route to host                              | EHOSTUNREACH    | 113
			Operation already in progress                 | EALREADY        | 114
			Operation now in progress                     | EINPROGRESS     | 115
			""")
	void whenTextIsEnglishGivesNumberNameAndText(String text, String name, int number) {
		assertThat(this.table.of(new SocketException(text))).isEqualTo(new Errno(number, name, text));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Address in use                                     | EADDRINUSE
			Address not available                              | EADDRNOTAVAIL
			Can't assign requested address                     | EADDRNOTAVAIL
			Host is unreachable                                | EHOSTUNREACH
			Network unreachable                                | ENETUNREACH
			Operation timed out                                | ETIMEDOUT
			No file descriptors available                      | EMFILE
			Out of memory                                      | ENOMEM
			Socket not connected                               | ENOTCONN
			Socket is not connected                            | ENOTCONN
			Socket is connected                                | EISCONN
			Operation in progress                              | EINPROGRESS
			Connection aborted                                 | ECONNABORTED
			Message too large                                  | EMSGSIZE
			Not a socket                                       | ENOTSOCK
			Address family not supported by protocol family    | EAFNOSUPPORT
			Connection reset                                   | ECONNRESET
			Unix domain path too long                          | ENAMETOOLONG
			""")
	void whenTextIsOfAnotherLibraryGivesName(String text, String name) {
		Errno errno = this.table.of(new SocketException(text));
		assertThat(errno.name()).isEqualTo(name);
		assertThat(errno).isSameAs(this.table.named(name));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Address already in use: bind                                          | EADDRINUSE
			Address already in use (Bind failed)                                  | EADDRINUSE
			Connection refused: connect                                           | ECONNREFUSED
			Connection refused: no further information                            | ECONNREFUSED
			Connection refused: localhost/127.0.0.1:80                            | ECONNREFUSED
			Connection reset by peer: socket write error                          | ECONNRESET
			No buffer space available (maximum connections reached?): bind        | ENOBUFS
			accept(..) failed with error(-24): Too many open files                | EMFILE
			java.net.SocketException: Connection refused: connect                 | ECONNREFUSED
			Too many references: cannot splice: sendmsg                           | ETOOMANYREFS
			""")
	void whenTextIsWrappedGivesName(String text, String name) {
		assertThat(this.table.of(new IOException(text)).name()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ": ", " (", ": : (", "Socket closed", "Connection refusedly", "Unknown error 98",
			"connection refused", "Too many open files everywhere" })
	void whenTextIsUnknownGivesUnknown(String text) {
		assertThat(this.table.of(new IOException(text))).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenTextIsVeryLongGivesUnknown() {
		assertThat(this.table.of(new IOException(": ".repeat(100_000)))).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenClassOnlyHintsAtErrnoGivesUnknown() {
		assertThat(this.table.of(new BindException("Bindung"))).isSameAs(Errno.UNKNOWN);
		assertThat(this.table.of(new ConnectException())).isSameAs(Errno.UNKNOWN);
		assertThat(this.table.of(new ClosedChannelException())).isSameAs(Errno.UNKNOWN);
	}

	@ParameterizedTest
	@MethodSource("exceptionsOfOneErrno")
	void whenClassMeansOneErrnoTextDoesNotMatter(Exception exception, String name) {
		assertThat(this.table.of(exception).name()).isEqualTo(name);
	}

	static Stream<Arguments> exceptionsOfOneErrno() {
		return Stream.of(Arguments.of(new NoRouteToHostException("Keine Route"), "EHOSTUNREACH"),
				Arguments.of(new PortUnreachableException(), "ECONNREFUSED"),
				Arguments.of(new ProtocolException("Protokollfehler"), "EPROTO"),
				Arguments.of(new SocketTimeoutException("Accept timed out"), "ETIMEDOUT"),
				Arguments.of(new UnresolvedAddressException(), "EADDRNOTAVAIL"),
				Arguments.of(new UnknownHostException("x.invalid: Connection refused"), "EADDRNOTAVAIL"),
				Arguments.of(new UnsupportedAddressTypeException(), "EAFNOSUPPORT"),
				Arguments.of(new UnsupportedOperationException("Protocol family not supported"), "EAFNOSUPPORT"),
				Arguments.of(new UnsupportedOperationException("IPv6 not available"), "EAFNOSUPPORT"),
				Arguments.of(new UnsupportedOperationException("'TCP_NODELAY' not supported"), "ENOPROTOOPT"),
				Arguments.of(new AlreadyBoundException(), "EINVAL"), Arguments.of(new NotYetBoundException(), "EINVAL"),
				Arguments.of(new AlreadyConnectedException(), "EISCONN"),
				Arguments.of(new NotYetConnectedException(), "ENOTCONN"),
				Arguments.of(new ConnectionPendingException(), "EALREADY"),
				Arguments.of(new NoSuchFileException("/x"), "ENOENT"),
				Arguments.of(new AccessDeniedException("/x"), "EACCES"),
				Arguments.of(new FileAlreadyExistsException("/x"), "EEXIST"),
				Arguments.of(new NotDirectoryException("/x"), "ENOTDIR"),
				Arguments.of(new DirectoryNotEmptyException("/x"), "ENOTEMPTY"),
				Arguments.of(new FileSystemLoopException("/x"), "ELOOP"));
	}

	@Test
	void whenClassIsSubclassGivesErrnoOfSuperclass() {
		assertThat(this.table.of(new SocketTimeoutException("spät") {
		}).name()).isEqualTo("ETIMEDOUT");
	}

	@Test
	void whenUnsupportedOperationIsAnotherGivesUnknown() {
		assertThat(this.table.of(new UnsupportedOperationException())).isSameAs(Errno.UNKNOWN);
		assertThat(this.table.of(new UnsupportedOperationException("Broken pipe"))).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenFileNameLooksLikeErrorReasonDecides() {
		assertThat(this.table.of(new FileSystemException("a: Broken pipe", null, "Not a directory")).name())
			.isEqualTo("ENOTDIR");
		assertThat(this.table.of(new FileSystemException("a: Broken pipe"))).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenExceptionIsUnknownCauseDecides() {
		Exception cause = new IOException("wrapped", new BindException("Address already in use"));
		assertThat(this.table.of(new CompletionException("failed", cause)).name()).isEqualTo("EADDRINUSE");
	}

	@Test
	void whenExceptionIsKnownCauseDoesNotMatter() {
		assertThat(this.table.of(new IOException("Broken pipe", new BindException("Address already in use"))).name())
			.isEqualTo("EPIPE");
	}

	@Test
	void whenCausesFormCircleGivesUnknown() {
		IOException exception = new IOException("one");
		exception.initCause(new IOException("other", exception));
		assertThat(this.table.of(exception)).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenNameIsSecondNameOfNumberGivesFirst() {
		assertThat(this.table.named("EWOULDBLOCK").number()).isEqualTo(this.table.named("EAGAIN").number());
		assertThat(this.table.named("EWOULDBLOCK").name()).isEqualTo("EAGAIN");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenNameIsNotThatOfSocketsGivesSocketName() {
		assertThat(this.table.named("ENOTSUP")).isEqualTo(new Errno(95, "EOPNOTSUPP", "Operation not supported"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "EADDRINUSE ", "ENOSUCHERROR", "__UNKNOWN_CONSTANT__" })
	void whenNameIsUnknownGivesUnknown(String name) {
		assertThat(this.table.named(name)).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenTextIsTranslatedGivesEnglishText() {
		ErrnoTable german = ErrnoTable.load(Map.of("Address already in use", "Die Adresse wird bereits verwendet"));
		Errno errno = german.of(new BindException("Die Adresse wird bereits verwendet"));
		assertThat(errno.name()).isEqualTo("EADDRINUSE");
		assertThat(errno.text()).isEqualTo("Address already in use");
		assertThat(german.of(new BindException("Address already in use"))).isEqualTo(errno);
	}

	@Test
	void whenTranslationIsAnotherEnglishTextEnglishWins() {
		ErrnoTable odd = ErrnoTable.load(Map.of("Invalid argument", "Broken pipe"));
		assertThat(odd.of(new IOException("Broken pipe")).name()).isEqualTo("EPIPE");
	}

	@Test
	void whenTranslationIsSharedErrorOfSocketsWins() {
		String shared = "Vastapää sulki yhteyden";
		ErrnoTable finnish = ErrnoTable
			.load(Map.of("Network dropped connection on reset", shared, "Connection reset by peer", shared));
		assertThat(finnish.of(new IOException(shared)).name()).isEqualTo("ECONNRESET");
	}

	@Test
	void whenProcessHasNoCharacterForTranslationGivesErrno() {
		ErrnoTable german = ErrnoTable.load(Map.of("Invalid argument", "Das Argument ist ungültig"));
		assertThat(german.of(new IOException("Das Argument ist ung?ltig")).name()).isEqualTo("EINVAL");
	}

	@Test
	void whenTranslationsDifferOnlyInLostCharactersGivesUnknown() {
		ErrnoTable chinese = ErrnoTable.load(Map.of("Broken pipe", "断开的管道", "Invalid argument", "无效的参数"));
		assertThat(chinese.of(new IOException("断开的管道")).name()).isEqualTo("EPIPE");
		assertThat(chinese.of(new IOException("?????"))).isSameAs(Errno.UNKNOWN);
	}

	@Test
	void whenLoadedForProcessKnowsEnglishTexts() {
		assertThat(ErrnoTable.load().of(new IOException("Broken pipe")).name()).isEqualTo("EPIPE");
	}

}
