package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.isa.NumberFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of a value that its field does not hold.
final class OverflowPolicyTest {
  private static NeuronBench store(String type) {
    return new NeuronBench(
        """
        .program neuron cell
        .field value : s32
        .field out : TYPE
                ld r0, value
                st out, r0
        """
            .replace("TYPE", type),
        4);
  }

  @Test
  void saturatesInsteadOfWrapping() {
    assertThat(store("s8").set("value", 127, 128, -128, -129).run().get("out"))
        .containsExactly(127, 127, -128, -128);
    assertThat(store("u5 saturate").set("value", 31, 32, -1, 5).run().get("out"))
        .containsExactly(31, 31, 0, 5);
  }

  @Test
  void wrapsInsteadOfSaturating() {
    assertThat(store("s8 wrap").set("value", 127, 128, -128, -129).run().get("out"))
        .containsExactly(127, -128, -128, 127);
    assertThat(store("u5 wrap").set("value", 31, 32, -1, 33).run().get("out"))
        .containsExactly(31, 0, 31, 1);
  }

  @Test
  void stopsTheRunAndSaysWhereAndWhy() {
    var fits = store("s8 stop").set("value", 127, -128, 0, 1);
    assertThat(fits.run().get("out")).containsExactly(127, -128, 0, 1);
    var bench = store("s8 stop").set("value", 0, 0, 200, 0);
    bench.firstIndex = 30;
    assertThatThrownBy(bench::run)
        .isInstanceOf(OverflowStop.class)
        .hasMessage(
            "neuron program cell, neuron 32: out: 200 (expected: -128 to 127, by its policy stop)");
  }

  @Test
  void aSynapseIsNamedBySourceAndTarget() {
    var bench =
        new SynapseBench(
            """
            .program synapse rule
            .tag e : s4 stop
            .trigger each = step
                    ld r0, target
                    st e, r0
            """,
            new SynapseLayout.Dense(3, 4, null),
            NumberFormat.signed(8));
    bench.firstTarget = 5;
    assertThatThrownBy(() -> bench.run(new int[] {2}, 0, 1, 1))
        .hasMessage(
            "synapse program rule, synapse from 2 to 8: e: 8 (expected: -8 to 7, by its policy"
                + " stop)");
  }

  @Test
  void aLaneThatDoesNotStoreDoesNotStop() {
    var bench =
        new NeuronBench(
            """
            .program neuron cell
            .field value : s32
            .field out : s8 stop
                    ld r0, value
                    cmplt p1, r0, 100
              (p1)  st out, r0
            """,
            2);
    assertThat(bench.set("value", 5, 1000).run().get("out")).containsExactly(5, 0);
  }

  /// The range of a weight is symmetric about 0: the lowest value of its width is never used.
  @ParameterizedTest
  @CsvSource({
    "8, 127, -127",
    "2, 1, -1",
    "12, 2047, -2047",
    "16, 32767, -32767",
  })
  void weightsSaturateSymmetrically(int bits, int high, int low) {
    assertThat(store(NumberFormat.signed(bits), 1_000_000)).containsOnly(high);
    assertThat(store(NumberFormat.signed(bits), -1_000_000)).containsOnly(low);
    assertThat(store(NumberFormat.signed(bits), low - 1)).containsOnly(low);
    assertThat(store(NumberFormat.signed(bits), low)).containsOnly(low);
  }

  @Test
  void aWeightOfOneBitIsZeroOrOne() {
    assertThat(store(NumberFormat.BIT, 7)).containsOnly(1);
    assertThat(store(NumberFormat.BIT, -7)).containsOnly(0);
  }

  private static int[] store(NumberFormat format, int value) {
    var bench =
        new SynapseBench(
            ".program synapse s\n.trigger each = step\nmov r0, " + value + "\nst w, r0\n",
            new SynapseLayout.Dense(2, 3, null),
            format);
    bench.run(1);
    return bench.weightValues();
  }

  @Test
  void tagsHavePoliciesOfTheirOwn() {
    var bench =
        new SynapseBench(
            """
            .program synapse s
            .tag sat : s4
            .tag wrapped : u4 wrap
            .tag exact : s4 stop
            .trigger each = step
                    mov r0, 9
                    st sat, r0
                    st wrapped, 17
                    st exact, 7
            """,
            new SynapseLayout.Dense(1, 2, null),
            NumberFormat.signed(8));
    bench.run(1);
    assertThat(bench.tag("sat").get(1)).isEqualTo(7);
    assertThat(bench.tag("wrapped").get(1)).isEqualTo(1);
    assertThat(bench.tag("exact").get(1)).isEqualTo(7);
  }
}
