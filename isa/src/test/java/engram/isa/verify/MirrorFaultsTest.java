package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Both copies of mirrored weights must come to the same change: what only one of them sees is
/// refused.
final class MirrorFaultsTest {
  private static final String HEADER =
      """
      .program synapse rule
      .tag    e : s16
      .row    x
      .rowacc back
      .post   spike
      .global learn : u1
      .trigger pair = pre and post.spike@1
      """;

  private static List<String> faults(String code) {
    var verified = Sources.verified(HEADER + code.replace(";", "\n") + "\n");
    return Verifier.mirrorFaults(verified).stream()
        .map(f -> f.instruction() + ": " + f.message())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "mov r0, 0;ld r1, x # 1 # x",
        "ld r0, e # 0 # e",
        "ld r0, step # 0 # step",
        "ld r0, phase # 0 # phase",
      })
  void refusesWhatOneCopyAloneSees(String code, int instruction, String name) {
    assertThat(faults(code))
        .containsExactly(
            instruction
                + ": the change of a mirror depends on "
                + name
                + " (expected: events, weight, draws, global registers)");
  }

  @Test
  void refusesWhatReachesBeyondTheWeight() {
    assertThat(faults("mov r0, 1;rowadd back, r0, 1;kill"))
        .containsExactly(
            "1: rowadd in the program of a mirror", "2: kill in the program of a mirror");
  }

  @Test
  void passesEventsWeightDrawsRegistersAndIndices() {
    assertThat(
            faults(
                "ld r0, w;ld r1, spike;ld r1, payload;ld r1, learn;ld r1, source;ld r1, target;"
                    + "draw r1, 3;bern p1, 3, 4;cause p2, pair;add r0, r0, r1;st w, r0"))
        .isEmpty();
  }
}
