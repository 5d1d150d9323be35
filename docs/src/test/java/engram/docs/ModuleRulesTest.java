package engram.docs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Arrows between modules run one way, and what is said of a module's inside is true. The classes
/// are those of all modules' main code.
final class ModuleRulesTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .importPackages(
              "engram.isa",
              "engram.chip",
              "engram.firmware",
              "engram.events",
              "engram.protocol",
              "engram.client",
              "engram.server",
              "engram.cli",
              "engram.benchmarks");

  /// What every module may use: no file, no socket, no process is in it.
  private static final String[] PLAIN_JAVA = {
    "java.lang",
    "java.lang.annotation",
    "java.lang.classfile..",
    "java.lang.constant",
    "java.lang.invoke",
    "java.lang.reflect",
    "java.lang.runtime",
    "java.math",
    "java.nio",
    "java.nio.charset",
    "java.security",
    "java.util",
    "java.util.concurrent..",
    "java.util.function",
    "java.util.regex",
    "java.util.stream",
    "java.util.zip",
    "jdk.incubator.vector",
  };

  private static final String JACKSON = "com.fasterxml.jackson..";

  private static final String PROTOBUF = "com.google.protobuf..";
  private static final String NETTY = "io.netty..";

  /// A module: its packages and what it may use beside plain Java and streams of bytes.
  private enum Module {
    ISA("engram.isa.."),
    EMULATOR("engram.chip..", "engram.isa..", JACKSON),
    FIRMWARE_MODELS("engram.firmware..", "engram.isa..", JACKSON),
    BENCHMARKS(
        "engram.benchmarks",
        "engram.isa..",
        "engram.chip..",
        "engram.firmware..",
        "org.openjdk.jmh.annotations"),
    EVENTS("engram.events..", "com.github.luben.zstd", "javax.xml.stream"),
    PROTOCOL("engram.protocol..", PROTOBUF, NETTY);

    private final String packages;
    private final String[] mayUse;

    Module(String packages, String... mayUse) {
      this.packages = packages;
      this.mayUse = mayUse;
    }

    ArchRule staysWithinItsArrows() {
      return staysWithin(packages, mayUse);
    }
  }

  /// `java.io` has files and streams: streams only.
  private static final DescribedPredicate<JavaClass> STREAMS_OF_BYTES =
      DescribedPredicate.describe(
          "streams of bytes",
          c ->
              c.getPackageName().equals("java.io")
                  && !c.getSimpleName().startsWith("File")
                  && !c.getSimpleName().startsWith("RandomAccessFile"));

  private static ArchRule staysWithin(String packages, String... mayUse) {
    return classes()
        .that()
        .resideInAPackage(packages)
        .should()
        .onlyDependOnClassesThat(
            are(
                resideInAPackage(packages)
                    .or(resideInAnyPackage(PLAIN_JAVA))
                    .or(resideInAnyPackage(mayUse))
                    .or(STREAMS_OF_BYTES)
                    .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive))
                    .or(
                        DescribedPredicate.describe(
                            "array of such",
                            c -> c.isArray() && c.getBaseComponentType().isPrimitive()))));
  }

  @ParameterizedTest
  @EnumSource
  void aModuleDependsOnWhatStandsBeforeIt(Module module) {
    module.staysWithinItsArrows().check(ALL);
  }

  /// The command line opens files and reads the network; all others get streams of bytes.
  @Test
  void onlyTheCommandLineTouchesTheMachine() {
    touchesTheMachine("engram.isa..", "engram.chip..", "engram.firmware..", "engram.events..")
        .check(ALL);
  }

  private static ArchRule touchesTheMachine(String... packages) {
    return noClasses()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "io.netty..",
                    "com.google.protobuf..")
                .or(
                    DescribedPredicate.describe(
                        "are files or processes",
                        c ->
                            c.getName().startsWith("java.io.File")
                                || c.getName().equals("java.io.RandomAccessFile")
                                || c.getName().startsWith("java.lang.Process")
                                || c.getName().equals("java.util.zip.ZipFile"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"engram.cli..", "engram.benchmarks.."})
  void nothingDependsOnWhatStandsLast(String packages) {
    noClasses()
        .that(not(resideInAPackage(packages)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages)
        .check(ALL);
  }

  @Test
  void theInterpreterKnowsNothingOfTheCompiler() {
    noClasses()
        .that()
        .resideInAPackage("engram.isa.exec")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("engram.isa.compile")
        .check(ALL);
  }

  @Test
  void whatAnInstructionIsDependsOnNothingElse() {
    staysWithin("engram.isa").check(ALL);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("engram.(**)").should().beFreeOfCycles().check(ALL);
  }

  // Controls: each kind of rule fails where it must.

  @Test
  void theRulesSeeEveryPackage() {
    assertThat(ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .contains(
            "engram.benchmarks",
            "engram.isa",
            "engram.isa.assembler",
            "engram.isa.compile",
            "engram.isa.exec",
            "engram.isa.image",
            "engram.isa.program",
            "engram.isa.verify",
            "engram.chip",
            "engram.chip.noc",
            "engram.chip.preset",
            "engram.events",
            "engram.firmware",
            "engram.firmware.data",
            "engram.firmware.mapper",
            "engram.firmware.network",
            "engram.firmware.recipe",
            "engram.firmware.ssnn",
            "engram.cli",
            "engram.cli.bench",
            "engram.cli.data",
            "engram.cli.train")
        .noneMatch(name -> name.startsWith("engram.docs"));
  }

  @Test
  void anArrowThatIsThereIsSeen() {
    assertThatThrownBy(() -> staysWithin("engram.chip..", JACKSON).check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("engram.isa.image.ChipImage");
  }

  @Test
  void aFileThatIsOpenedIsSeen() {
    assertThatThrownBy(() -> touchesTheMachine("engram.cli..").check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("java.nio.file.Files");
  }

  /// Slices by first letter are full of cycles.
  @Test
  void aCycleIsSeen() {
    var byLetter =
        new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass c) {
            return c.getPackageName().equals("engram.isa.exec") && !c.getSimpleName().isEmpty()
                ? SliceIdentifier.of(c.getSimpleName().substring(0, 1))
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "first letter";
          }
        };
    assertThatThrownBy(() -> slices().assignedFrom(byLetter).should().beFreeOfCycles().check(ALL))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Cycle detected");
  }
}
