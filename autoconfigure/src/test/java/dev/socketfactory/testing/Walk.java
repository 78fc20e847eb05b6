package dev.socketfactory.testing;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/**
 * Records every method of the project that is entered between a first one and a last one,
 * on all threads. To be used in a process of its own, which has the agent of Byte Buddy.
 */
public final class Walk {

	private static final List<String> STEPS = Collections.synchronizedList(new ArrayList<>());

	private static volatile String first = "";

	private static volatile String handOver = "";

	private static volatile boolean recording;

	private static volatile @Nullable Thread beginner;

	/**
	 * The thread that has begun when it has handed over.
	 */
	private static volatile @Nullable Thread over;

	private Walk() {
	}

	/**
	 * Instrument the classes of the project.
	 */
	public static void instrument() {
		Instrumentation instrumentation = ByteBuddyAgent.getInstrumentation();
		ElementMatcher.Junction<TypeDescription> tests = ElementMatchers.nameMatches(".*(Walk|testing\\.).*");
		new AgentBuilder.Default().disableClassFormatChanges()
			.type(ElementMatchers.<TypeDescription>nameStartsWith("dev.socketfactory.").and(ElementMatchers.not(tests)))
			.transform((builder, type, loader, module,
					domain) -> builder.visit(Advice.to(Entry.class)
						.on(ElementMatchers.isMethod()
							.or(ElementMatchers.isConstructor())
							.and(ElementMatchers.not(ElementMatchers.isAbstract())))))
			.installOn(instrumentation);
	}

	/**
	 * Record from the next call of a method on.
	 * @param begin class and method, such as {@code EventLoop.handle}
	 * @param end the method in which that thread hands over to another one: what it does
	 * after that is left out
	 */
	public static void record(String begin, String end) {
		STEPS.clear();
		handOver = end;
		over = null;
		first = begin;
	}

	/**
	 * End the recording.
	 * @return the methods in the order in which they were entered, package included
	 */
	public static List<String> end() {
		recording = false;
		first = "";
		return List.copyOf(STEPS);
	}

	/**
	 * Called by every method.
	 */
	public static void entered(String type, String method) {
		String name = type.substring(type.lastIndexOf('.') + 1) + "." + method;
		Thread current = Thread.currentThread();
		if (!recording && name.equals(first)) {
			recording = true;
			beginner = current;
		}
		if (recording && current != over) {
			STEPS.add(type + "." + method);
		}
		if (current == beginner && name.equals(handOver)) {
			over = current;
		}
	}

	/**
	 * What is put at the beginning of every method.
	 */
	static final class Entry {

		private Entry() {
		}

		@Advice.OnMethodEnter(inline = true)
		static void enter(@Advice.Origin("#t") String type, @Advice.Origin("#m") String method) {
			Walk.entered(type, method);
		}

	}

}
