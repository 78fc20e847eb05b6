package dev.socketfactory;

import java.util.Collections;
import java.util.List;

/**
 * Who may connect to a listener. The values are checked when a specification is
 * {@linkplain SocketSpecBuilder#build() built}.
 *
 * @param allow addresses and networks of those who may, such as {@code 192.0.2.7} or
 * {@code 10.0.0.0/8}; empty for everybody
 * @param deny addresses and networks of those who may not, whatever {@code allow} says
 * @param users names or numbers of the users who may connect to a UNIX socket
 * @param groups names or numbers of the groups who may connect to a UNIX socket; a peer
 * needs to be one of the users or of one of the groups; both empty for everybody
 * @since 0.1.0
 */
public record AccessSettings(List<String> allow, List<String> deny, List<String> users, List<String> groups) {

	/**
	 * Everybody may connect.
	 */
	public static final AccessSettings EVERYBODY = of(Collections.emptyList(), Collections.emptyList());

	public AccessSettings {
		allow = List.copyOf(allow);
		deny = List.copyOf(deny);
		users = List.copyOf(users);
		groups = List.copyOf(groups);
	}

	/**
	 * Return settings for addresses.
	 * @param allow those who may connect, empty for everybody
	 * @param deny those who may not
	 * @return the settings
	 */
	public static AccessSettings of(List<String> allow, List<String> deny) {
		return new AccessSettings(allow, deny, Collections.emptyList(), Collections.emptyList());
	}

}
