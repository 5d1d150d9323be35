package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.NumberFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The arrays behind fields, streams, sums and synapses.
final class ColumnsTest {
  @Test
  void aColumnThatKeepsStartsAStepWithTheLastValues() {
    var column = new IntColumn(2, 3, true, 0);
    column.values()[column.at(0) + 1] = 8;
    column.advance(0);
    assertThat(column.values()[column.at(1) + 1]).isEqualTo(8);
    assertThat(column.touched(1)).isTrue();
  }

  @Test
  void aColumnThatDoesNotKeepStartsAStepWithZeros() {
    var column = new IntColumn(2, 2, false, 0);
    for (long step = 0; step < 6; step++) {
      assertThat(column.touched(step)).isFalse();
      assertThat(column.values()[column.at(step) + 1]).isZero();
      column.values()[column.at(step) + 1] = 8;
      column.touch(step);
      assertThat(column.touched(step)).isTrue();
      column.advance(step);
    }
  }

  @Test
  void aStreamForgetsAnEventWhenItsRingComesRound() {
    var stream = new StreamColumn(70, 2, true);
    stream.emit(0, 69, -5);
    assertThat(stream.payload(0, 69)).isEqualTo(-5);
    stream.advance(0);
    assertThat(stream.payload(1, 69)).isZero();
    assertThat(stream.payload(0, 69)).isEqualTo(-5);
    stream.advance(1);
    assertThat(stream.get(2, 69)).isFalse();
    assertThat(stream.payload(2, 69)).as("the payload lies there, without its event").isZero();
  }

  @Test
  void aPlainStreamCarriesOnes() {
    var stream = new StreamColumn(3, 1, false);
    stream.emit(0, 1, 99);
    assertThat(stream.payload(0, 1)).isOne();
    assertThat(stream.payloads()).isNull();
    assertThat(stream.touched(0)).isTrue();
    stream.clear();
    assertThat(stream.touched(0)).isFalse();
  }

  @Test
  void storesOfOneProgramCanBeCopied() {
    var bench =
        new NeuronBench(
            ".program neuron n\n.field v : s8 history 2\n.stream s graded\nst v, 3\nemit s, 4\n",
            2);
    bench.run();
    var copy = new LaneStore(bench.program, 2);
    copy.copyLanes(bench.store);
    assertThat(copy.ints(0).values()).isEqualTo(bench.store.ints(0).values());
    assertThat(copy.stream(1).payload(0, 1)).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32})
  void synapseWordsAreHeldInTheNarrowestArrayThatFits(int bits) {
    var signed = NumberFormat.signed(bits);
    var column = SynapseColumn.of(signed, 3);
    long thousand = SynapseColumn.of(signed, 1003).bytes() - column.bytes();
    assertThat(thousand).isEqualTo(1000L * (bits <= 8 ? 1 : bits <= 16 ? 2 : 4));
    assertThat(column.length()).isEqualTo(3);
    column.set(0, signed.min());
    column.set(2, signed.max());
    assertThat(column.get(0)).isEqualTo(signed.min());
    assertThat(column.get(1)).isZero();
    assertThat(column.get(2)).isEqualTo(signed.max());
    if (bits < 32) {
      var unsigned = NumberFormat.unsigned(bits);
      var natural = SynapseColumn.of(unsigned, 1);
      natural.set(0, unsigned.max());
      assertThat(natural.get(0)).isEqualTo(unsigned.max());
    }
  }

  @Test
  void layoutsCountTheirSynapses() {
    var dense = new SynapseLayout.Dense(3, 70, null);
    assertThat(dense.places()).isEqualTo(210);
    assertThat(dense.live(2)).isEqualTo(70);
    assertThat(dense.exists(2, 69)).isTrue();
    var masked = new SynapseLayout.Dense(3, 70, new long[6]);
    masked.set(1, 65, true);
    masked.set(1, 2, true);
    masked.set(1, 2, false);
    assertThat(masked.live(1)).isOne();
    assertThat(masked.exists(1, 65)).isTrue();
    assertThat(masked.exists(1, 2)).isFalse();
    var sparse = SparseRows.of(2, 9, new int[] {0, 1, 3}, new int[] {4, 0, 8});
    assertThat(sparse.places()).isEqualTo(3);
    assertThat(sparse.live(1)).isEqualTo(2);
  }
}
