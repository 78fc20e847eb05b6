package dev.socketfactory.engine.socket;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * English texts of the errors that sockets have: glibc's first, then those of musl, macOS
 * and the JDK where they differ. The order of the names decides which error is meant by a
 * translation that two of them share, and which name stands for a shared number.
 */
final class EnglishTexts {

	private static final String TABLE = """
			EADDRINUSE|Address already in use|Address in use
			EADDRNOTAVAIL|Cannot assign requested address|Can't assign requested address|Address not available
			ECONNREFUSED|Connection refused|Can't connect to port 0
			ECONNRESET|Connection reset by peer|Connection reset
			ETIMEDOUT|Connection timed out|Operation timed out
			EHOSTUNREACH|No route to host|Host is unreachable
			ENETUNREACH|Network is unreachable|Network unreachable
			EMFILE|Too many open files|No file descriptors available
			ENFILE|Too many open files in system
			ENOBUFS|No buffer space available
			ENOMEM|Cannot allocate memory|Out of memory
			EAGAIN|Resource temporarily unavailable
			EINTR|Interrupted system call
			EINPROGRESS|Operation now in progress|Operation in progress
			EALREADY|Operation already in progress
			ECONNABORTED|Software caused connection abort|Connection aborted
			EPIPE|Broken pipe
			ENOTCONN|Transport endpoint is not connected|Socket is not connected|Socket not connected
			EISCONN|Transport endpoint is already connected|Socket is already connected|Socket is connected
			ESHUTDOWN|Cannot send after transport endpoint shutdown|Can't send after socket shutdown\
			|Cannot send after socket shutdown
			EACCES|Permission denied
			EPERM|Operation not permitted
			ENOENT|No such file or directory
			EEXIST|File exists
			ENOTDIR|Not a directory
			EISDIR|Is a directory
			ENOTEMPTY|Directory not empty
			ELOOP|Too many levels of symbolic links|Symbolic link loop
			ENAMETOOLONG|File name too long|Filename too long|Unix domain path too long
			EROFS|Read-only file system
			ENOSPC|No space left on device
			EDQUOT|Disk quota exceeded|Disc quota exceeded|Quota exceeded
			EXDEV|Invalid cross-device link|Cross-device link
			EBUSY|Device or resource busy|Resource busy
			EIO|Input/output error|I/O error
			EINVAL|Invalid argument
			EBADF|Bad file descriptor
			EFAULT|Bad address
			ENODEV|No such device
			ENXIO|No such device or address|Device not configured
			ENOTSOCK|Socket operation on non-socket|Not a socket
			EDESTADDRREQ|Destination address required
			EMSGSIZE|Message too long|Message too large
			EPROTOTYPE|Protocol wrong type for socket
			ENOPROTOOPT|Protocol not available
			EPROTONOSUPPORT|Protocol not supported
			ESOCKTNOSUPPORT|Socket type not supported
			EOPNOTSUPP|Operation not supported|Operation not supported on socket|Not supported
			EAFNOSUPPORT|Address family not supported by protocol|Address family not supported by protocol family
			EPFNOSUPPORT|Protocol family not supported
			EPROTO|Protocol error
			ENETDOWN|Network is down
			ENETRESET|Network dropped connection on reset|Connection reset by network
			EHOSTDOWN|Host is down
			ENONET|Machine is not on the network
			ENOSR|Out of streams resources|No STREAM resources
			ETOOMANYREFS|Too many references: cannot splice|Too many references: can't splice
			ESTALE|Stale file handle|Stale NFS file handle
			ENOSYS|Function not implemented
			""";

	private EnglishTexts() {
	}

	/**
	 * Return the texts of each name, in order of precedence.
	 * @return texts by name of the error, never an empty list
	 */
	static Map<String, List<String>> byName() {
		Map<String, List<String>> texts = new LinkedHashMap<>();
		TABLE.lines().forEach((line) -> {
			List<String> columns = new ArrayList<>(List.of(line.split("\\|")));
			texts.put(columns.remove(0), Collections.unmodifiableList(columns));
		});
		return Collections.unmodifiableMap(texts);
	}

}
