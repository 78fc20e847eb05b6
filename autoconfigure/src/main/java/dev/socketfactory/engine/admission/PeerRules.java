package dev.socketfactory.engine.admission;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Who may connect to a UNIX socket, by the user and the effective group of the process
 * that connects. Principals are compared, and those of the JDK are equal if their numbers
 * are, whatever name each was found by.
 * <p>
 * Immutable.
 *
 * @since 0.1.0
 */
public final class PeerRules {

	private static final long MOST_ID = 0xfffffffeL;

	private static final Log logger = LogFactory.getLog(PeerRules.class);

	/**
	 * A runtime image may come without it.
	 */
	private static final boolean PEERS_KNOWN = ClassUtils.isPresent("jdk.net.ExtendedSocketOptions",
			PeerRules.class.getClassLoader());

	private final Set<UserPrincipal> users;

	private final Set<GroupPrincipal> groups;

	private PeerRules(Set<UserPrincipal> users, Set<GroupPrincipal> groups) {
		this.users = users;
		this.groups = groups;
	}

	/**
	 * Look up users and groups. That may ask a directory over the network, so it may
	 * block for long.
	 * @param users names or numbers of users
	 * @param groups names or numbers of groups
	 * @return the rules
	 * @throws InvalidRuleException if there is no such user or group, or the system
	 * cannot tell
	 */
	public static PeerRules resolve(List<String> users, List<String> groups) {
		if (!PEERS_KNOWN && !(users.isEmpty() && groups.isEmpty())) {
			throw new InvalidRuleException(users.isEmpty() ? "groups" : "users",
					"this Java runtime does not tell who a peer is", "Add the module jdk.net to it", null);
		}
		UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
		return new PeerRules(resolve("users", users, service::lookupPrincipalByName),
				resolve("groups", groups, service::lookupPrincipalByGroupName));
	}

	/**
	 * Return who has connected to a UNIX socket, by {@code SO_PEERCRED}. The JDK looks up
	 * both names, which may ask a directory over the network.
	 * @param channel the accepted or connected channel
	 * @return the user and the effective group, {@code null} if the channel is closed or
	 * the Java runtime does not tell
	 */
	public static @Nullable UnixDomainPrincipal peerOf(SocketChannel channel) {
		if (!PEERS_KNOWN) {
			return null;
		}
		try {
			return channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("The user of a peer is not known", ex);
			return null;
		}
	}

	private static <P> Set<P> resolve(String name, List<String> texts, Lookup<P> lookup) {
		Set<P> principals = new HashSet<>();
		for (int i = 0; i < texts.size(); i++) {
			String text = texts.get(i);
			try {
				principals.add(lookup.find(toLookUp(text)));
			}
			catch (UserPrincipalNotFoundException ex) {
				throw new InvalidRuleException(name, i, text, "the system knows none of that name",
						"Write a name that it knows, or a number from 0 to " + MOST_ID, ex);
			}
			catch (IOException ex) {
				throw new InvalidRuleException(name, "they cannot be looked up: " + ex, "Write numbers", ex);
			}
		}
		return Set.copyOf(principals);
	}

	/**
	 * The JDK finds a number only if it fits an {@code int}, and has names with a meaning
	 * of their own, which end in an "at" sign.
	 */
	private static String toLookUp(String text) throws UserPrincipalNotFoundException {
		if (text.matches("0|[1-9][0-9]{0,9}")) {
			long number = Long.parseLong(text);
			if (number <= MOST_ID) {
				return Integer.toString((int) number);
			}
		}
		if (!text.matches("[^\\s+-][^\\s]*(?<!@)") || text.matches("[0-9]+")) {
			throw new UserPrincipalNotFoundException(text);
		}
		return text;
	}

	/**
	 * Return whether a process may connect: its user or its group is one of these, or
	 * there are no rules. This does not block.
	 * @param user user of the process
	 * @param group effective group of the process
	 * @return whether it may
	 */
	public boolean isAllowed(UserPrincipal user, GroupPrincipal group) {
		return isEmpty() || this.users.contains(user) || this.groups.contains(group);
	}

	/**
	 * Return whether everybody may connect.
	 * @return whether there are no rules
	 */
	public boolean isEmpty() {
		return this.users.isEmpty() && this.groups.isEmpty();
	}

	/**
	 * Finds a user or a group.
	 */
	private interface Lookup<P> {

		P find(String name) throws IOException;

	}

}
