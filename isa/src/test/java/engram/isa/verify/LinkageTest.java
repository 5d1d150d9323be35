package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Names that a synapse program borrows from the row and the neuron program beside it.
final class LinkageTest {
  private static final String NEURON =
      """
      .program neuron cell
      .field  v : s24 history 3
      .param  gain : s8
      .acc    in : s16
      .stream spike history 2
      .group  pool
              mov r0, 0
      """;

  private static final String ROW =
      """
      .program row trace
      .field  x : u16 history 2
      .param  decay : u16
      .acc    back : s32
      .stream out sums back
      .trigger each = step
              mov r0, 0
      """;

  private static List<String> faults(String declarations, String code, boolean withRow) {
    var synapse = synapse(declarations, code);
    return Linkage.faults(synapse, withRow ? row() : Optional.empty(), Sources.verified(NEURON));
  }

  private static VerifiedProgram synapse(String declarations, String code) {
    return Sources.verified(".program synapse rule\n" + declarations + code);
  }

  private static Optional<VerifiedProgram> row() {
    return Optional.of(Sources.verified(ROW));
  }

  @Test
  void findsTheSlotOfEachNameInTheOtherProgram() {
    var synapse =
        synapse(
            """
            .tag    e : s8
            .post   spike, in, v, gain
            .row    decay, x
            .rowacc back
            .trigger pair = pre and post.spike@1
            """,
            """
                    ld r0, v@2
                    ld r0, x@1
                    ld r0, gain
            """);
    var linkage = Linkage.of(synapse, row(), Sources.verified(NEURON));
    assertThat(IntStream.range(0, 8).map(linkage::slot)).containsExactly(-1, 3, 2, 0, 1, 1, 0, 2);
  }

  @Test
  void needsARowProgramToReadARow() {
    assertThat(faults(".row x\n.trigger t = pre\n", "ld r0, x\n", false))
        .containsExactly(
            "synapse program rule reads x of its row, but the projection has no row program");
  }

  @Test
  void needsNoRowProgramToReadNone() {
    assertThat(faults(".trigger t = pre\n", "ld r0, w\n", false)).isEmpty();
  }

  @Test
  void namesWhatTheOtherProgramHas() {
    assertThat(faults(".row y\n.trigger t = pre\n", "ld r0, y\n", true))
        .containsExactly(
            "synapse program rule reads y of its row, which row program trace does not have"
                + " (it has: x, decay)");
    assertThat(faults(".post u\n.trigger t = pre\n", "ld r0, u\n", true))
        .containsExactly(
            "synapse program rule reads u of its neuron, which neuron program cell does not have"
                + " (it has: v, gain, in, spike)");
    assertThat(faults(".rowacc x\n.trigger t = pre\n", "mov r0, 1\nrowadd x, r0, 1\n", true))
        .containsExactly(
            "synapse program rule reads x of its row, which row program trace does not have"
                + " (it has: back)");
  }

  @Test
  void saysWhenTheOtherProgramHasNothingOfThatSort() {
    var bare = Sources.verified(".program neuron bare\nmov r0, 0\n");
    assertThat(Linkage.faults(synapse(".post u\n.trigger t = pre\n", "ld r0, u\n"), row(), bare))
        .containsExactly(
            "synapse program rule reads u of its neuron, which neuron program bare does not have"
                + " (it has none)");
  }

  @Test
  void aStreamOrAGroupIsNoFieldOfARowOrNeuron() {
    assertThat(faults(".row out\n.trigger t = pre\n", "ld r0, out\n", true)).hasSize(1);
    assertThat(faults(".row back\n.trigger t = pre\n", "ld r0, back\n", true)).hasSize(1);
    assertThat(faults(".post pool\n.trigger t = pre\n", "ld r0, pool\n", true)).hasSize(1);
  }

  @Test
  void agesAreBoundedByTheHistoryThatIsKept() {
    assertThat(faults(".post v\n.trigger t = pre\n", "ld r0, v@3\n", true))
        .containsExactly(
            "synapse program rule reads v at age 3 (expected: less than its history of 3 in"
                + " neuron program cell)");
    assertThat(faults(".row x\n.trigger t = pre\n", "ld r0, x@2\n", true)).hasSize(1);
    assertThat(faults(".post spike\n.trigger t = post.spike@2\n", "mov r0, 0\n", true))
        .containsExactly(
            "synapse program rule reads spike at age 2 (expected: less than its history of 2 in"
                + " neuron program cell)");
    assertThat(faults(".post v\n.global age : u2\n.trigger t = pre\n", "ld r0, v@age\n", true))
        .containsExactly(
            "synapse program rule reads v at age 3 (expected: less than its history of 3 in"
                + " neuron program cell)");
    assertThat(faults(".post v\n.global age : u1\n.trigger t = pre\n", "ld r0, v@age\n", true))
        .isEmpty();
  }

  @Test
  void aTriggerWaitsForAStream() {
    assertThat(faults(".post in\n.trigger t = post.in\n", "mov r0, 0\n", true))
        .containsExactly(
            "synapse program rule: trigger t waits for in of neuron program cell: accumulator"
                + " (expected: stream)");
  }

  @Test
  void programsThatDoNotFitAreNotLinked() {
    var synapse = synapse(".row y\n.post u\n.trigger t = pre\n", "ld r0, y\nld r0, u\n");
    assertThatThrownBy(() -> Linkage.of(synapse, Optional.empty(), Sources.verified(NEURON)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads y of its row")
        .hasMessageContaining("reads u of its neuron");
  }
}
