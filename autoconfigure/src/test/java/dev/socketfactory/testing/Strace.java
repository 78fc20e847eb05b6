package dev.socketfactory.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Commands that run another command with system calls that fail or take their time, by
 * strace(1). A test is skipped where that is not installed or not allowed.
 */
public final class Strace {

	/**
	 * Stops a process only at the system calls that are traced, not at every one.
	 */
	private static final String ONLY_AT_TRACED = "--seccomp-bpf";

	private static final List<String> QUIETLY = List.of("strace", "-f", ONLY_AT_TRACED, "-qqq", "-o", "/dev/null");

	private Strace() {
	}

	/**
	 * Let system calls fail.
	 * @param systemCalls their names, with a {@code ?} before those that not every
	 * architecture has
	 * @param errno the error
	 * @param first number of the first call of each thread that fails, from 1
	 */
	public static List<String> failing(String systemCalls, String errno, int first) {
		return injecting(systemCalls, "error=%s:when=%d+".formatted(errno, first));
	}

	public static List<String> delaying(String systemCalls, int millis) {
		return injecting(systemCalls, "delay_enter=" + TimeUnit.MILLISECONDS.toMicros(millis));
	}

	private static List<String> injecting(String systemCalls, String what) {
		List<String> command = new ArrayList<>(QUIETLY);
		command.addAll(List.of("-e", "trace=" + systemCalls, "-e", "inject=%s:%s".formatted(systemCalls, what)));
		assumeThat(works(command)).as("strace is installed and may trace").isTrue();
		return command;
	}

	private static boolean works(List<String> command) {
		List<String> attempt = new ArrayList<>(command);
		attempt.add("true");
		try {
			return new ProcessBuilder(attempt).inheritIO().start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
