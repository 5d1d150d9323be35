package engram.isa.compile;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.testing.NeuronTrial;
import engram.isa.testing.RowTrial;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A compiled engine says what does not run as fast as it could, and why: each thing once.
final class RemarksTest {
  private static Program assemble(String source) {
    return Assembler.assemble("test.s", source, Map.of()).program();
  }

  private static void run(Program program, CompiledEngine engine) {
    for (int seed = 0; seed < 3; seed++) {
      new NeuronTrial(program, 70, new Random(seed)).on(engine).run();
    }
  }

  /// The build runs this test twice: with the Vector API and, in a virtual machine of its own,
  /// without.
  @Test
  void vectorsAreThereUnlessTheBuildLeavesThemOut() {
    boolean leftOut = Boolean.getBoolean("engram.no-vectors");
    assertThat(CompiledEngine.hasVectors()).isNotEqualTo(leftOut);
    assertThat(new CompiledEngine().vectors()).isNotEqualTo(leftOut);
  }

  @Test
  void saysOnceThatThereAreNoVectors() {
    for (var engine : new CompiledEngine[] {new CompiledEngine(), new CompiledEngine(false)}) {
      run(
          assemble(".program neuron a\n.field v : s8\n ld r0, v\n add r0, r0, 1\n st v, r0\n"),
          engine);
      run(
          assemble(".program neuron b\n.field v : s8\n ld r0, v\n sub r0, r0, 1\n st v, r0\n"),
          engine);
      if (engine.vectors()) {
        assertThat(engine.remarks()).isEmpty();
      } else {
        assertThat(engine.remarks())
            .containsExactly(
                "Java was started without jdk.incubator.vector, so programs run one lane after the"
                    + " other (--add-modules=jdk.incubator.vector)");
      }
    }
  }

  @Test
  void aProgramThatIsTooLongIsLeftToTheInterpreter() {
    int most = Compiler.MOST_INSTRUCTIONS;
    String head = ".program neuron long\n.field v : s32\n ld r0, v\n";
    String add = " add r0, r0, 3\n";
    String store = " st v, r0\n";
    var engine = new CompiledEngine(CompiledEngine.hasVectors());
    int before = engine.remarks().size();
    run(assemble(head + add.repeat(most - 2) + store), engine);
    assertThat(engine.remarks()).hasSize(before);
    run(assemble(head + add.repeat(most - 1) + store), engine);
    assertThat(engine.remarks()).hasSize(before + 1);
    assertThat(engine.remarks().getLast())
        .contains("long")
        .endsWith(
            "is left to the interpreter: instructions: %d (expected: at most %d)"
                .formatted(most + 1, most));
  }

  @Test
  void aRowProgramThatReadsBackWhatItEmitsIsLeftToTheInterpreter() {
    var program =
        assemble(
            """
            .program row echo
            .stream out history 4
            .global back : u2
            .trigger came = pre
                    emit  out
                    ld    r1, out@back
            """);
    var engine = new CompiledEngine(CompiledEngine.hasVectors());
    int before = engine.remarks().size();
    new RowTrial(program, 40, new Random(1)).on(engine).run();
    assertThat(engine.remarks()).hasSize(before + 1);
    assertThat(engine.remarks().getLast())
        .contains("echo")
        .endsWith("what it writes is also read at an age that a register holds");
  }
}
