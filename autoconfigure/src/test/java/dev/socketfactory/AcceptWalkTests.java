package dev.socketfactory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way of an accepted connection, from the selector to the first line of its handler:
 * it meets few classes, in the order of the floors.
 */
@Timeout(60)
class AcceptWalkTests {

	private static final Pattern STEP = Pattern.compile("(?<package>.*)\\.(?<type>[^.]+)\\.(?<method>[^.]+)");

	@Test
	void meetsAtMostTenClassesInTheOrderOfTheFloors() throws Exception {
		List<String> steps = walk();
		Set<String> types = new LinkedHashSet<>();
		Set<String> packages = new LinkedHashSet<>();
		for (String step : steps) {
			Matcher matcher = STEP.matcher(step);
			assertThat(matcher.matches()).as(step).isTrue();
			if (!matcher.group("type").startsWith("AcceptWalk")) {
				types.add(matcher.group("type"));
				packages.add(matcher.group("package"));
			}
		}
		System.out.printf("An accepted connection meets %d classes in %d packages, in %d calls: %s%n", types.size(),
				packages.size(), steps.size(), String.join(", ", types));
		assertThat(types).startsWith("EventLoop", "Acceptor").hasSizeLessThanOrEqualTo(10);
		assertThat(packages).containsExactly("dev.socketfactory.engine", "dev.socketfactory.event");
	}

	private static List<String> walk() throws Exception {
		String agent = List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
			.stream()
			.filter((entry) -> entry.contains("byte-buddy-agent"))
			.findFirst()
			.orElseThrow();
		List<String> steps = new ArrayList<>();
		try (ChildProcess child = ChildProcess.startWhole(AcceptWalk.class, "-javaagent:" + agent)) {
			for (String step = child.next(); !step.equals("end"); step = child.next()) {
				steps.add(step);
			}
			child.send("end");

		}
		return steps;
	}

}
