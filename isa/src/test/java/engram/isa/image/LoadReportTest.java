package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table that says how full a chip is.
final class LoadReportTest {
  @Test
  void namesEveryWallWithItsHeadroomAndTheWorstOwner() {
    var report = new ImageDraft().check().report();
    assertThat(report.table().lines().map(String::stripTrailing).collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            wall                   used         of  headroom  core   most by
            cores                     2          2      0.0%
            neurons                   6         16     62.5%  0      a (4)
            state memory             26         64     59.4%  0      b (9)
            synapse memory           41        256     84.0%  0      masked (15)
            axon memory              23         64     64.1%  0      dense (4)
            route memory              8         32     75.0%  0      a (5)
            program memory           12         64     81.3%  0      cell (6)\
            """);
  }

  /// Reports and their tests are the same wherever they are made.
  @Test
  void theTableDoesNotDependOnTheLanguageOfTheMachine() {
    var report = new ImageDraft().check().report();
    String table = report.table();
    var before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(report.table()).isEqualTo(table);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aWallIsFullestOnOneCore() {
    var report = new ImageDraft().check().report();
    for (var memory : Memory.values()) {
      assertThat(report.fullest(memory).core()).as(memory.label()).isZero();
    }
  }

  @Test
  void everyMemoryThatIsTooFullIsARefusal() {
    var small = new CoreSpec(2, 3, 4, 5, 6, 7, 8, 1);
    var draft = new ImageDraft();
    var spec = new ChipSpec("tiny", new Mesh(1, 1, 1), small, draft.spec.can());
    var charges =
        List.of(
            new Charge(Memory.NEURONS, "a", 2),
            new Charge(Memory.STATE, "a", 1),
            new Charge(Memory.STATE, "b", 3),
            new Charge(Memory.SYNAPSE, "w", 5_000_000_000L),
            new Charge(Memory.AXON, "w", 6),
            new Charge(Memory.ROUTE, "a", 6),
            new Charge(Memory.PROGRAM, "p", 8));
    assertThat(new LoadReport(spec, List.of(new CoreUsage(0, charges))).refusals())
        .containsExactly(
            "core 0, state memory: 4 words (expected: at most 3 on tiny); most of it, 3, is taken"
                + " by b",
            "core 0, synapse memory: 5000000000 words (expected: at most 4 on tiny); most of it,"
                + " 5000000000, is taken by w",
            "core 0, axon memory: 6 entries (expected: at most 5 on tiny); most of it, 6, is taken"
                + " by w",
            "core 0, program memory: 8 words (expected: at most 7 on tiny); most of it, 8, is taken"
                + " by p");
  }

  @Test
  void aChipWithoutCoresInUseIsEmpty() {
    var report = new LoadReport(new ImageDraft().spec, List.of());
    assertThat(report.refusals()).isEmpty();
    assertThat(report.fullest(Memory.STATE).used(Memory.STATE)).isZero();
    assertThat(report.table()).contains("nothing (0)");
  }

  @Test
  void coresOfAMeshAreNumberedRouterByRouter() {
    var mesh = new Mesh(3, 2, 4);
    assertThat(mesh.cores()).isEqualTo(24);
    assertThat(mesh.routers()).isEqualTo(6);
    assertThat(mesh.routerOf(17)).isEqualTo(4);
    assertThat(mesh.column(4)).isEqualTo(1);
    assertThat(mesh.row(4)).isEqualTo(1);
  }
}
