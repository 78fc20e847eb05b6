package dev.socketfactory.engine.socket;

import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Table of the platform's errors, to find the one that an exception of the JDK stands
 * for: by its class where that means exactly one error, else by its text, in English or
 * in the language that the C library was started with.
 * <p>
 * Everything is read when the table is loaded. A lookup opens no file and loads no class,
 * so it works in a process that has run out of file descriptors. Immutable, for any
 * thread.
 *
 * @since 0.1.0
 */
public final class ErrnoTable {

	private static final int MAX_CAUSES = 16;

	private static final int MAX_TEXT_LENGTH = 1024;

	private static final String UNSUPPORTED_OPTION_SUFFIX = "' not supported";

	private final Map<String, Errno> byName;

	private final Map<Class<?>, Errno> byType;

	private final Map<String, Errno> byText;

	private final Map<String, Errno> byUnsupportedOperation;

	private final Errno unsupportedOption;

	private ErrnoTable(Map<String, Errno> byName, Map<String, Errno> byText) {
		this.byName = Map.copyOf(byName);
		this.byText = Map.copyOf(byText);
		this.byType = Map.copyOf(types());
		this.byUnsupportedOperation = Map.of("Protocol family not supported", named("EAFNOSUPPORT"),
				"IPv6 not available", named("EAFNOSUPPORT"));
		this.unsupportedOption = named("ENOPROTOOPT");
	}

	/**
	 * Build the table for this platform and the locale of this process. Reads files: to
	 * be called once, at start.
	 * @return a table
	 */
	public static ErrnoTable load() {
		return load(MessageCatalog.ofProcess().translations());
	}

	/**
	 * Build the table for this platform and the given translations.
	 * @param translations translated texts by English text
	 * @return a table
	 */
	static ErrnoTable load(Map<String, String> translations) {
		Map<String, List<String>> englishTexts = EnglishTexts.byName();
		Map<String, Errno> byName = PlatformErrnos.byName(englishTexts);
		Map<String, Errno> byText = new LinkedHashMap<>();
		byName.values().forEach((errno) -> byText.putIfAbsent(errno.text(), errno));
		englishTexts.forEach((name, texts) -> {
			Errno errno = byName.get(name);
			if (errno != null) {
				texts.forEach((text) -> byText.putIfAbsent(text, errno));
			}
		});
		addTranslations(byText, translations);
		return new ErrnoTable(byName, byText);
	}

	private static void addTranslations(Map<String, Errno> byText, Map<String, String> translations) {
		Map<String, Errno> translated = new LinkedHashMap<>();
		byText.forEach((text, errno) -> {
			String translation = translations.get(text);
			if (translation != null) {
				translated.putIfAbsent(translation.strip(), errno);
			}
		});
		translated.forEach(byText::putIfAbsent);
		asciiTexts(translated).forEach(byText::putIfAbsent);
	}

	// glibc writes a question mark for what the process's LC_CTYPE has no character for
	private static Map<String, Errno> asciiTexts(Map<String, Errno> translated) {
		Map<String, Errno> asciiTexts = new HashMap<>();
		translated.forEach((text, errno) -> asciiTexts.merge(text.replaceAll("[^\\x00-\\x7F]", "?"), errno,
				(one, other) -> one.equals(other) ? one : Errno.UNKNOWN));
		asciiTexts.values().removeIf(Errno.UNKNOWN::equals);
		return asciiTexts;
	}

	private Map<Class<?>, Errno> types() {
		Map<Class<?>, Errno> types = new HashMap<>();
		types.put(NoRouteToHostException.class, named("EHOSTUNREACH"));
		types.put(PortUnreachableException.class, named("ECONNREFUSED"));
		types.put(ProtocolException.class, named("EPROTO"));
		types.put(SocketTimeoutException.class, named("ETIMEDOUT"));
		types.put(UnresolvedAddressException.class, named("EADDRNOTAVAIL"));
		types.put(UnknownHostException.class, named("EADDRNOTAVAIL"));
		types.put(UnsupportedAddressTypeException.class, named("EAFNOSUPPORT"));
		types.put(AlreadyBoundException.class, named("EINVAL"));
		types.put(NotYetBoundException.class, named("EINVAL"));
		types.put(AlreadyConnectedException.class, named("EISCONN"));
		types.put(NotYetConnectedException.class, named("ENOTCONN"));
		types.put(ConnectionPendingException.class, named("EALREADY"));
		types.put(NoSuchFileException.class, named("ENOENT"));
		types.put(AccessDeniedException.class, named("EACCES"));
		types.put(FileAlreadyExistsException.class, named("EEXIST"));
		types.put(NotDirectoryException.class, named("ENOTDIR"));
		types.put(DirectoryNotEmptyException.class, named("ENOTEMPTY"));
		types.put(FileSystemLoopException.class, named("ELOOP"));
		return types;
	}

	/**
	 * Return the error of the given name.
	 * @param name symbolic name such as {@code EADDRINUSE}; also a second name of the
	 * same number such as {@code EWOULDBLOCK}
	 * @return the error, {@link Errno#UNKNOWN} if this platform does not have it
	 */
	public Errno named(String name) {
		return orUnknown(this.byName.get(name));
	}

	/**
	 * Return the error that the given exception stands for, or else the nearest of its
	 * causes.
	 * @param failure what was thrown
	 * @return the error, {@link Errno#UNKNOWN} if neither classes nor texts tell it
	 */
	public Errno of(Throwable failure) {
		Throwable current = failure;
		for (int i = 0; current != null && i < MAX_CAUSES; i++) {
			Errno errno = withoutCauses(current);
			if (errno != Errno.UNKNOWN) {
				return errno;
			}
			current = current.getCause();
		}
		return Errno.UNKNOWN;
	}

	private Errno withoutCauses(Throwable failure) {
		for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
			Errno errno = this.byType.get(type);
			if (errno != null) {
				return errno;
			}
		}
		if (failure instanceof UnsupportedOperationException) {
			return unsupportedOperation(failure.getMessage());
		}
		if (failure instanceof FileSystemException fileSystemException) {
			return text(fileSystemException.getReason());
		}
		return text(failure.getMessage());
	}

	private Errno unsupportedOperation(@Nullable String message) {
		if (message == null) {
			return Errno.UNKNOWN;
		}
		return message.endsWith(UNSUPPORTED_OPTION_SUFFIX) ? this.unsupportedOption
				: orUnknown(this.byUnsupportedOperation.get(message));
	}

	private Errno text(@Nullable String message) {
		if (message == null || message.length() > MAX_TEXT_LENGTH) {
			return Errno.UNKNOWN;
		}
		String text = message.strip();
		Errno errno = leadingText(text);
		for (int colon = text.indexOf(": "); errno == Errno.UNKNOWN
				&& colon >= 0; colon = text.indexOf(": ", colon + 1)) {
			errno = leadingText(text.substring(colon + 2));
		}
		return errno;
	}

	private Errno leadingText(String text) {
		int end = text.length();
		while (end > 0) {
			Errno errno = this.byText.get(text.substring(0, end));
			if (errno != null) {
				return errno;
			}
			// "… or unable to access attributes of symbolic link": the JDK's words at
			// ELOOP
			end = Math.max(text.lastIndexOf(" or ", end - 1),
					Math.max(text.lastIndexOf(": ", end - 1), text.lastIndexOf(" (", end - 1)));
		}
		return Errno.UNKNOWN;
	}

	private static Errno orUnknown(@Nullable Errno errno) {
		return (errno != null) ? errno : Errno.UNKNOWN;
	}

}
