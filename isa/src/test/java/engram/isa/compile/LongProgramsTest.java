package engram.isa.compile;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.assembler.Assembler;
import engram.isa.program.Program;
import engram.isa.testing.NeuronTrial;
import engram.isa.testing.SynapseTrial;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the compiler does grows with the length of a program, not with the number of ways through
/// its values. Without that, these tests would never end.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LongProgramsTest {
  private static Program assemble(String source) {
    return Assembler.assemble("twice.s", source, Map.of()).program();
  }

  private static CompiledEngine engine() {
    return new CompiledEngine(CompiledEngine.hasVectors());
  }

  private static CompiledEngine runNeurons(String first, String more, int count) {
    var program =
        assemble(
            """
            .program neuron twice
            .field  v : s32
            .global level : s16
            %s
            %s
            ld r1, v
            add r0, r0, r1
            st v, r0
            """
                .formatted(first, more.repeat(count)));
    var engine = engine();
    new NeuronTrial(program, 70, new Random(1)).on(engine).run();
    return engine;
  }

  private static CompiledEngine runSynapses(String first, String more, int count) {
    var program =
        assemble(
            """
            .program synapse twice
            .row x
            .post v
            .trigger came = pre
            %s
            %s
            ld r1, w
            add r0, r0, r1
            st w, r0
            """
                .formatted(first, more.repeat(count)));
    var engine = engine();
    new SynapseTrial(program, 3, 70, new Random(1)).on(engine).run();
    return engine;
  }

  /// Each value is used twice by the next: a chain of n has 2^n ways.
  @ParameterizedTest
  @ValueSource(strings = {"ld r0, v", "ld r0, level"})
  void neuronValuesThatAreUsedTwice(String first) {
    runNeurons(first, "addw r0, r0, r0\n", 60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ld r0, v", "ld r0, x"})
  void synapseValuesThatAreUsedTwice(String first) {
    runSynapses(first, "addw r0, r0, r0\n", 60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ld r0, v", "ld r0, level"})
  void neuronChainsAsLongAsAProgramMayBe(String first) {
    runNeurons(first, "addw r0, r0, 3\n", Compiler.MOST_INSTRUCTIONS - 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ld r0, v", "ld r0, x"})
  void synapseChainsAsLongAsAProgramMayBe(String first) {
    runSynapses(first, "addw r0, r0, 3\n", Compiler.MOST_INSTRUCTIONS - 4);
  }

  /// Values that are computed once a call are not cut into pieces: their code can grow too long.
  @Test
  void codeThatIsTooLongForAClassIsLeftToTheInterpreter() {
    int most = Compiler.MOST_INSTRUCTIONS - 4;
    String scale = "mul r0, r0, r0, 3, nearest\n";
    for (var engine :
        List.of(runNeurons("ld r0, level", scale, most), runSynapses("ld r0, x", scale, most))) {
      assertThat(engine.remarks().getLast())
          .contains("twice")
          .contains("is left to the interpreter: its code is too long for a class");
    }
  }
}
