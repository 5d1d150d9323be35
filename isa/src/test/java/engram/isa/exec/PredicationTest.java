package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What a lane whose predicate is false does: nothing.
final class PredicationTest {
  private static final String HEADER =
      """
      .program neuron n
      .field  which : u1
      .field  out : s32 = -1
      .stream spike
      .stream value graded
      .group  pool
              ld    r0, which
              cmpne p1, r0, 0
      """;

  private static NeuronBench run(String code) {
    return new NeuronBench(HEADER + code, 4).set("which", 0, 1, 1, 0).run();
  }

  @Test
  void aRegisterKeepsItsValue() {
    assertThat(run("mov r1, 5\n(p1) add r1, r1, 1\nst out, r1\n").get("out"))
        .containsExactly(5, 6, 6, 5);
    assertThat(run("mov r1, 5\n(!p1) add r1, r1, 1\nst out, r1\n").get("out"))
        .containsExactly(6, 5, 5, 6);
  }

  @Test
  void aPredicateKeepsItsValue() {
    String code = "cmpeq p2, r0, r0\n(p1) pnot p2, p0\nmov r1, 0\n(p2) mov r1, 1\nst out, r1\n";
    assertThat(run(code).get("out")).containsExactly(1, 0, 0, 1);
  }

  @Test
  void anInstructionMayWriteThePredicateItRunsUnder() {
    String code = "(p1) cmpeq p1, r0, 0\nmov r1, 0\n(p1) mov r1, 1\nst out, r1\n";
    assertThat(run(code).get("out")).containsExactly(0, 0, 0, 0);
    String negated = "(!p1) cmpeq p1, r0, 0\nmov r1, 0\n(p1) mov r1, 1\nst out, r1\n";
    assertThat(run(negated).get("out")).containsExactly(1, 1, 1, 1);
  }

  @Test
  void theAccumulatorKeepsItsValue() {
    String code =
        "mov r1, 3\nmacz r1, r1\n(p1) mac r1, 10\n(!p1) macz r1, 2\nnar r2, 0\nst out, r2\n";
    assertThat(run(code).get("out")).containsExactly(6, 39, 39, 6);
  }

  @Test
  void nothingIsStoredEmittedOrBid() {
    var bench = run("(p1) st out, 8\n(p1) emit spike\n(!p1) emit value, -7\n");
    assertThat(bench.get("out")).containsExactly(-1, 8, 8, -1);
    assertThat(bench.events("spike")).containsExactly(0, 1, 1, 0);
    assertThat(bench.events("value")).containsExactly(-7, 0, 0, -7);
    String bids = "(p1) bid 10\nreduce sum, pool\nld r1, reduced\nst out, r1\n";
    assertThat(run(bids).get("out")).containsOnly(20);
  }

  @Test
  void anEventWithPayloadZeroIsAnEvent() {
    var bench = run("(p1) emit value, 0\n");
    assertThat(bench.events("value")).containsOnly(0);
    assertThat(bench.store.stream(3).get(0, 0)).isFalse();
    assertThat(bench.store.stream(3).get(0, 1)).isTrue();
  }

  @Test
  void payloadsSaturateTo16Bits() {
    var bench = run("mov r1, 100000\n(p1) neg r1, r1\nemit value, r1\n");
    assertThat(bench.events("value")).containsExactly(32767, -32768, -32768, 32767);
  }

  /// A value that is written under a predicate alone reads as zero where it was not written.
  @Test
  void sectionsStartWithRegistersAtZeroAndPredicatesFalse() {
    String code =
        """
        mov   r1, 99
        macz  r1, r1
        cmpeq p2, r0, r0
        bid   1
        reduce sum, pool
        ld    r0, which
        cmpne p1, r0, 0
        (p1)  mov  r1, 7
        (p1)  macz r0, 5
        (p1)  cmpeq p2, r0, r0
        nar   r2, 0
        add   r1, r1, r2
        (p2)  add r1, r1, 100
        st    out, r1
        """;
    assertThat(run(code).get("out")).containsExactly(0, 112, 112, 0);
  }
}
