package engram.isa.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an inactive lane could do, in programs written by hand.
final class RestingLaneTest {
  private static final String NEURON =
      """
      .program neuron n
      .field  v : s24
      .field  u : s16 history 2
      .param  k : u8
      .acc    in : s24
      .stream spike
      .group  pool
      .global g : u4
      .table  t : s8 = 5, 0, 0, 7
      """;

  private static final String ROW =
      """
      .program row r
      .field  x : s24
      .stream out
      .trigger event = pre
      .trigger late  = pre@1
      .trigger each  = step
      """;

  private static final String SYNAPSE =
      """
      .program synapse s
      .tag    e : s16
      .row    x, y
      .rowacc back
      .trigger each = step
      """;

  private static List<String> faults(String header, String activity, String code) {
    return Sources.faults(header + ".active " + activity + "\n" + code.replace(";", "\n") + "\n");
  }

  private static String header(String kind) {
    return switch (kind) {
      case "neuron" -> NEURON;
      case "row" -> ROW;
      default -> SYNAPSE;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "neuron # when v != 0 # emit spike # 0: an inactive lane could emit",
        "neuron # touched # st v, 1 # 0: an inactive lane could change v",
        "neuron # touched # st v, 0 # 0: an inactive lane could change v",
        "neuron # touched or v # ld r0, v;add r0, r0, 1;st v, r0"
            + " # 2: an inactive lane could change v",
        "neuron # touched or v # ld r0, v@0;ld r1, u;st v, r1"
            + " # 2: an inactive lane could change v",
        "neuron # touched or v # ld r0, v;cmpge p1, r0, 0;(p1) emit spike"
            + " # 2: an inactive lane could emit",
        "neuron # touched or v # bern p1, 1, 8;(p1) emit spike # 1: an inactive lane could emit",
        "neuron # touched or v # ld r0, v;lut r0, t, r0;st v, r0"
            + " # 2: an inactive lane could change v",
        "neuron # touched or v # mov r0, 20;lerp r0, t, r0, 3;st v, r0"
            + " # 2: an inactive lane could change v",
        "neuron # touched # mov r0, 1;shr r0, r0, 1, stochastic;cmpgt p1, r0, 0;(p1) emit spike"
            + " # 3: an inactive lane could emit",
        "neuron # touched # mov r0, -1;shr r0, r0, 1, stochastic;cmplt p1, r0, 0;(p1) emit spike"
            + " # 3: an inactive lane could emit",
        "neuron # touched # ld r0, u@1;cmpne p1, r0, 0;(p1) emit spike"
            + " # 2: an inactive lane could emit",
        "neuron # when u != 0 # ld r0, u@1;st u, r0 # 1: an inactive lane could change u",
        "neuron # when v != 0 # bid 0;reduce sum, pool;mov r0, 0 # 0: an inactive lane could bid",
        "neuron # when v != 0 # ld r0, v;cmpne p1, r0, 0;(p1) bid 1;reduce sum, pool;"
            + "ld r0, reduced;st u, r0 # 5: an inactive lane could change u",
        // Behind a barrier registers are zero again, whatever they were before.
        "neuron # when v != 0 # mov r1, 7;ld r0, v;cmpne p1, r0, 0;(p1) bid 1;reduce sum, pool;"
            + "ld r0, u;cmpne p1, r0, 0;(p1) mov r1, 5;cmpeq p2, r1, 0;(p2) emit spike"
            + " # 9: an inactive lane could emit",
        "row # when x != 0 # ld r0, payload;st x, r0 # 1: an inactive lane could change x",
        "row # when x != 0 # cause p1, event;(p1) emit out # 1: an inactive lane could emit",
        "row # touched or x # cause p1, late;(p1) emit out # 1: an inactive lane could emit",
        "row # touched or x # ld r0, payload@1;st x, r0 # 1: an inactive lane could change x",
        "synapse # when x != 0 # st w, 0 # 0: an inactive lane could change w",
        "synapse # when x != 0 # ld r0, y;st e, r0 # 1: an inactive lane could change e",
        "synapse # when x != 0 # kill # 0: an inactive synapse could be killed",
        "synapse # when x != 0 # ld r0, y;ld r1, w;rowadd back, r0, r1"
            + " # 2: an inactive synapse could add to its row",
        "synapse # when x != 0 # ld r0, x@1;ld r1, w;rowadd back, r0, r1"
            + " # 2: an inactive synapse could add to its row",
      })
  void refuses(String kind, String activity, String code, String fault) {
    assertThat(faults(header(kind), activity, code))
        .containsExactly(fault + " (declared: active " + activity + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "neuron # touched or v # ld r0, v;mul r0, r0, 3000, 12, zero;ld r1, in;add r0, r0, r1;"
            + "cmpgt p1, r0, 0;(p1) emit spike;st v, r0",
        "neuron # touched or v # ld r0, v;draw r1, 9;mul r0, r0, r1, 9, stochastic;st v, r0",
        "neuron # touched or v # ld r0, u;add r1, r0, 0;st u, r0",
        "neuron # touched or v # ld r0, v;cmpeq p1, r0, 0;(!p1) emit spike",
        "neuron # touched or v # ld r0, v;add r0, r0, 1;lut r0, t, r0;st v, r0",
        "neuron # touched or v # ld r0, v;add r0, r0, 8;lerp r0, t, r0, 3;st v, r0",
        "neuron # touched or v # ld r0, v;bern p1, r0, 8;(p1) emit spike",
        "neuron # touched or v # ld r0, v;ld r1, k;macz r0, r1;mac r0, r0;nar r2, 5;st v, r2",
        "neuron # when k != 0 # ld r0, k;cmpgt p1, r0, 0;(p1) st u, 5;(p1) emit spike",
        "neuron # when v != 0 # ld r0, v;cmpne p1, r0, 0;(p1) bid 1;reduce sum, pool;"
            + "ld r0, v;cmpne p1, r0, 0;ld r1, reduced;(p1) st u, r1",
        "neuron # touched # ld r0, u;clz r1, r0;cmpgt p1, r1, 32;(p1) emit spike",
        "neuron # touched # ld r0, k;and r0, r0, 256;shr r0, r0, 8;cmpgt p1, r0, 1;(p1) st v, 1",
        "row # touched or x # ld r0, x;ld r1, payload;add r0, r0, r1;st x, r0",
        "row # touched or x # cause p1, event;(p1) emit out",
        "row # touched # ld r0, x;st x, r0",
        "synapse # when x != 0 # ld r0, x;ld r1, w;mul r2, r0, r1, 4, stochastic;ld r3, e;"
            + "cmpne p1, r2, 0;(p1) add r3, r3, r2;(p1) st e, r3;rowadd back, r0, r1",
        "synapse # when x != 0 # ld r0, w;st w, r0;ld r1, x;cmplt p1, r1, 0;(p1) kill",
      })
  void passes(String kind, String activity, String code) {
    assertThat(faults(header(kind), activity, code)).isEmpty();
  }

  @Test
  void withoutADeclarationEverythingIsActive() {
    assertThat(Sources.faults(NEURON + "emit spike\nst v, 1\n")).isEmpty();
  }

  @Test
  void theDeclarationIsShownWithAllItsNames() {
    assertThat(faults(NEURON, "touched or v or u", "emit spike"))
        .containsExactly("0: an inactive lane could emit (declared: active touched or v or u)");
  }
}
