package dev.socketfactory;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The floors of the design, and the rules that no compiler checks.
 */
@AnalyzeClasses(packages = "dev.socketfactory", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
		.matching("dev.socketfactory.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	final ArchRule apiImportsNothingAboveIt = noClasses().that()
		.resideInAPackage("dev.socketfactory")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("dev.socketfactory.*..");

	@ArchTest
	final ArchRule eventsImportTheApiOnly = noClasses().that()
		.resideInAPackage("dev.socketfactory.event..")
		.should()
		.dependOnClassesThat(
				resideIn("dev.socketfactory.*..").and(DescribedPredicate.not(resideIn("dev.socketfactory.event.."))));

	@ArchTest
	final ArchRule openingSocketsImportsTheApiOnly = noClasses().that()
		.resideInAPackage("dev.socketfactory.engine.socket..")
		.should()
		.dependOnClassesThat(resideIn("dev.socketfactory.*..")
			.and(DescribedPredicate.not(resideIn("dev.socketfactory.engine.socket.."))));

	@ArchTest
	final ArchRule admissionImportsTheApiOnly = noClasses().that()
		.resideInAPackage("dev.socketfactory.engine.admission..")
		.should()
		.dependOnClassesThat(resideIn("dev.socketfactory.*..")
			.and(DescribedPredicate.not(resideIn("dev.socketfactory.engine.admission.."))));

	@ArchTest
	final ArchRule engineIsOnePackage = classes().that()
		.resideInAPackage("dev.socketfactory.engine..")
		.should()
		.resideInAnyPackage("dev.socketfactory.engine", "dev.socketfactory.engine.admission",
				"dev.socketfactory.engine.socket");

	/**
	 * What the floors above name.
	 */
	@ArchTest
	void engineHasFewPublicTypes(JavaClasses classes) {
		assertThat(classes.stream()
			.filter((type) -> type.getPackageName().equals("dev.socketfactory.engine"))
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.filter(JavaClass::isTopLevelClass)
			.map(JavaClass::getSimpleName)).hasSizeLessThanOrEqualTo(8);
	}

	@ArchTest
	final ArchRule lowerFloorsKnowNoBoot = noClasses().that()
		.resideInAnyPackage("dev.socketfactory", "dev.socketfactory.event..", "dev.socketfactory.engine..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	final ArchRule lowerFloorsKnowNothingOfTheUpper = noClasses().that()
		.resideInAnyPackage("dev.socketfactory", "dev.socketfactory.event..", "dev.socketfactory.engine..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("dev.socketfactory.autoconfigure..", "dev.socketfactory.actuate..",
				"dev.socketfactory.health..", "dev.socketfactory.metrics..");

	@ArchTest
	final ArchRule autoConfigurationIsOnTop = noClasses().that()
		.resideOutsideOfPackage("dev.socketfactory.autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("dev.socketfactory.autoconfigure..");

	@ArchTest
	final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration");

	@ArchTest
	final ArchRule autoConfigurationsHaveNoPublicMethods = noMethods().that()
		.areDeclaredInClassesThat()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic();

	@ArchTest
	final ArchRule autoConfigurationsHaveNoPublicMembers = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should(haveNoPublicFieldsOrConstructors());

	@ArchTest
	final ArchRule beanMethodsArePackagePrivate = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.bePackagePrivate();

	/**
	 * With one argument it is also what the compiler writes for a method reference.
	 */
	@ArchTest
	final ArchRule assertionsAreThoseOfSpring = noClasses().should()
		.callMethod(Objects.class, "requireNonNull", Object.class, String.class)
		.orShould()
		.callMethod(Objects.class, "requireNonNull", Object.class, Supplier.class);

	@ArchTest
	final ArchRule caseIsChangedWithALocale = noClasses().should()
		.callMethod(String.class, "toLowerCase")
		.orShould()
		.callMethod(String.class, "toUpperCase")
		.because("the result depends on the locale of the process; use " + Locale.class.getSimpleName() + ".ROOT");

	@ArchTest
	final ArchRule packagesAreNullMarked = classes().should(resideInANullMarkedPackage());

	private static DescribedPredicate<JavaClass> resideIn(String packages) {
		return JavaClass.Predicates.resideInAPackage(packages);
	}

	private static ArchCondition<JavaClass> haveNoPublicFieldsOrConstructors() {
		return new ArchCondition<>("have no public fields and no public constructor but the default one") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				type.getFields()
					.stream()
					.filter((field) -> field.getModifiers().contains(JavaModifier.PUBLIC))
					.forEach((field) -> events
						.add(SimpleConditionEvent.violated(field, field.getFullName() + " is public")));
				type.getConstructors()
					.stream()
					.filter((constructor) -> constructor.getModifiers().contains(JavaModifier.PUBLIC)
							&& !constructor.getParameters().isEmpty())
					.forEach((constructor) -> events
						.add(SimpleConditionEvent.violated(constructor, constructor.getFullName() + " is public")));
			}

		};
	}

	private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
		return new ArchCondition<>("reside in a package with @NullMarked in its package-info") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type,
							"Package %s is not @NullMarked".formatted(type.getPackageName())));
				}
			}

		};
	}

}
