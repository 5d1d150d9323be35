package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseColumn;
import engram.isa.exec.SynapseLayout;
import engram.isa.testing.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Each reason for which an image is refused because of what its cores hold.
final class PlacementFaultsTest {
  private static final int MAX = Integer.MAX_VALUE;

  private final ImageDraft draft = new ImageDraft();

  @Test
  void coresAreOnTheMeshAndStandOnce() {
    draft.cores.set(1, Records.with(draft.cores.get(1), "core", 2));
    assertThat(draft.reasons()).contains("core: 2 (expected: less than 2)");
    draft.cores.set(1, Records.with(draft.cores.get(1), "core", 0));
    assertThat(draft.reasons()).contains("core 0: it stands twice");
    draft.cores.set(1, Records.with(draft.cores.get(1), "core", -1));
    assertThat(draft.reasons()).contains("core: -1 (expected: less than 2)");
  }

  @Test
  void slicesAreOfPopulationsWithNeurons() {
    String refusal = "core 1: a slice of no population that has neurons on cores";
    for (int population : new int[] {ImageDraft.HOST, 3, -1}) {
      draft.slice(1, 0, "population", population);
      assertThat(draft.reasons()).contains(refusal);
    }
  }

  @Test
  void slicesLieWithinTheirPopulation() {
    draft.slice(1, 0, "first", 3);
    assertThat(draft.reasons()).contains("core 1, b: slice 3 to 5 (expected: within 0 to 4)");
    draft.slice(1, 0, "first", -1);
    assertThat(draft.reasons()).contains("core 1, b: slice -1 to 1 (expected: within 0 to 4)");
    draft.slice(1, 0, "first", MAX, "count", 1);
    assertThat(draft.reasons())
        .contains("core 1, b: slice 2147483647 to 2147483648 (expected: within 0 to 4)");
    draft.slice(1, 0, "first", 2, "count", 0);
    assertThat(draft.reasons()).contains("core 1, b: slice 2 to 2 (expected: within 0 to 4)");
  }

  @Test
  void slicesCoverTheirPopulation() {
    var core = draft.cores.get(1);
    draft.cores.set(1, new CoreImage(1, List.of(), List.of(), List.of()));
    assertThat(draft.reasons())
        .contains("population b: neurons on cores: 2 (expected: 4)")
        .contains("projection dense: target neurons on cores: 2 (expected: 4)");
    draft.cores.set(1, core);
    draft.refused();
  }

  /// As many neurons as the population has, but some twice and others nowhere.
  @Test
  void slicesDoNotOverlap() {
    draft.slice(1, 0, "first", 0);
    assertThat(draft.reasons()).contains("core 1, b: slice 0 to 2 overlaps another");
  }

  @Test
  void groupsAreNotSplit() {
    draft.population(ImageDraft.B, "groups", Map.of("pool", 4));
    draft.refused(
        "core 0, b: group pool of 4 neurons is split by the slice 0 to 2 (expected: in one core)",
        "core 1, b: group pool of 4 neurons is split by the slice 2 to 4 (expected: in one core)");
  }

  @Test
  void initialValuesAreOfFieldsAndParametersAndFit() {
    draft.slice(0, 0, "values", Map.of("in", new int[4]));
    draft.refused("core 0, a: initial values of in, which neuron program cell does not have");
    draft.slice(0, 0, "values", Map.of("k", new int[3]));
    draft.refused("core 0, a: initial values of k: 3 (expected: 4)");
    draft.slice(0, 0, "values", Map.of("k", new int[] {0, 255, 256, -1}));
    draft.refused("core 0, a: initial value of k: 256 (expected: 0 to 255)");
  }

  @Test
  void initialValuesOfRowsAreOfTheRowProgram() {
    draft.block(0, 3, "values", Map.of("x", new int[] {1, 2, 3, 300}));
    draft.refused("core 0, masked: initial value of x: 300 (expected: 0 to 255)");
    draft.block(0, 3, "values", Map.of("y", new int[4]));
    draft.refused("core 0, masked: initial values of y, which row program trace does not have");
    draft.block(0, 3, "values", Map.of("x", new int[] {1, 2, 3, 4}));
    draft.refused();
    draft.block(0, 0, "values", Map.of("x", new int[3]));
    draft.refused("core 0, in: initial values of x, but the projection has no row program");
  }

  @Test
  void blocksAreOfAProjectionAndASlice() {
    for (int wrong : new int[] {-1, 6}) {
      draft.block(1, 0, "projection", wrong);
      assertThat(draft.reasons()).contains("core 1: a block of no projection or slice");
    }
    draft.block(1, 0, "projection", ImageDraft.DENSE, "slice", 1);
    assertThat(draft.reasons()).contains("core 1: a block of no projection or slice");
  }

  @Test
  void blocksHaveARowForEachSourceAndALaneForEachTarget() {
    draft.block(1, 0, "layout", new SynapseLayout.Dense(3, 2, null));
    draft.refused("core 1, dense: block of 3 rows and 2 lanes (expected: 4 and 2)");
    draft.block(1, 0, "layout", new SynapseLayout.Dense(4, 4, null));
    draft.refused("core 1, dense: block of 4 rows and 4 lanes (expected: 4 and 2)");
    draft.block(0, 0, "slice", 1);
    assertThat(draft.reasons())
        .contains("core 0, in: block of 3 rows and 4 lanes (expected: 3 and 2)");
  }

  /// Two blocks on one slice and none on the other: as many columns as there are targets.
  @Test
  void aSliceHasOneBlockOfAProjection() {
    var core = draft.cores.get(0);
    var blocks = new ArrayList<>(core.blocks());
    blocks.add(ImageDraft.block(ImageDraft.DENSE, 1, new SynapseLayout.Dense(4, 2, null)));
    draft.cores.set(0, Records.with(core, "blocks", blocks));
    assertThat(draft.reasons()).contains("core 0, dense: a second block of the slice 0 to 2");
  }

  @Test
  void layoutsAreThoseOfTheFormat() {
    String refusal = "core 0, sparse: the layout is no sparse one";
    byte[] steps = {0, 3, 1, 1, 1};
    sparse(new int[] {0, 2, 2, 3, 4}, steps);
    draft.refused(refusal);
    sparse(new int[] {1, 2, 2, 3, 5}, steps);
    draft.refused(refusal);
    sparse(new int[] {0, 2, 2, 5}, steps);
    draft.refused(refusal);
    sparse(new int[] {0, 2, 1, 3, 5}, steps);
    draft.refused(refusal);
    sparse(new int[] {0, 9, 2, 3, 5}, steps);
    draft.refused(refusal);
    sparse(new int[] {0, -9, 2, 3, 5}, steps);
    draft.refused(refusal);
    sparse(new int[] {0, 2, 2, 3, 5}, new byte[] {3, 0, 1, 1, 1});
    draft.refused(refusal);
    sparse(new int[] {0, 2, 2, 3, 5}, new byte[] {0, 4, 1, 1, 1});
    draft.refused(refusal);
    sparse(new int[] {0, 2, 2, 3, 5}, steps);
    draft.refused();
  }

  private void sparse(int[] starts, byte[] steps) {
    draft.block(0, 4, "layout", SparseRows.narrow(4, 4, starts, steps));
  }

  @Test
  void patternsOfSharedWeightsAreComplete() {
    draft.projection(ImageDraft.IN, "format", SynapseFormat.SHARED);
    int[] base = {0, 2, MAX};
    int[] pattern = {0, 1, -1};
    int[] starts = {0, 2, 3};
    int[] offsets = {0, 3, 1};
    int[] entries = {1, 0, 1};
    shared(2, base, pattern, starts, offsets, entries);
    draft.refused();
    String refusal = "core 0, in: the layout is no shared one";
    shared(1, base, pattern, starts, offsets, entries);
    draft.refused(refusal);
    shared(2, new int[] {0, 2}, pattern, starts, offsets, entries);
    draft.refused(refusal);
    shared(2, base, new int[] {0, 2, -1}, starts, offsets, entries);
    draft.refused(refusal);
    shared(2, base, new int[] {0, -2, -1}, starts, offsets, entries);
    draft.refused(refusal);
    shared(2, base, pattern, new int[] {0, 2, 4}, offsets, entries);
    draft.refused(refusal);
    shared(2, base, pattern, new int[0], offsets, entries);
    draft.refused(refusal);
    shared(2, base, pattern, starts, new int[] {3, 0, 1}, entries);
    draft.refused(refusal);
    shared(2, base, pattern, starts, offsets, new int[] {1, 0});
    draft.refused(refusal);
    shared(2, new int[] {1, 2, 0}, pattern, starts, offsets, entries);
    draft.refused(refusal);
    shared(2, new int[] {0, -1, 0}, pattern, starts, offsets, entries);
    draft.refused(refusal);
    // A base so large that the sum with an offset has no 32 bits.
    shared(2, new int[] {0, MAX, 0}, pattern, starts, offsets, entries);
    draft.refused(refusal);
  }

  private void shared(
      int weights, int[] base, int[] pattern, int[] starts, int[] offsets, int[] entries) {
    draft.block(
        0,
        0,
        "layout",
        new SynapseLayout.Shared(3, 4, weights, base, pattern, starts, offsets, entries),
        "weights",
        null);
  }

  @Test
  void masksBelongToMaskedProjectionsAndHaveTheirSize() {
    draft.block(0, 0, "layout", new SynapseLayout.Dense(3, 4, new long[3]));
    draft.refused("core 0, in: the layout is no dense one");
    draft.block(0, 0, "layout", new SynapseLayout.Dense(3, 4, null));
    draft.block(0, 3, "layout", new SynapseLayout.Dense(4, 2, null));
    draft.refused("core 0, masked: the layout is no masked one");
    draft.block(0, 3, "layout", new SynapseLayout.Dense(4, 2, new long[3]));
    draft.refused("core 0, masked: the layout is no masked one");
    draft.block(0, 3, "layout", new SynapseLayout.Dense(4, 2, new long[] {1, 4, 0, 0}));
    draft.refused("core 0, masked: the mask has synapses beyond lane 2");
  }

  @Test
  void weightsAreOneForEachPlace() {
    draft.block(0, 0, "weights", SynapseColumn.of(draft.projections.get(0).weights(), 11));
    draft.refused("core 0, in: weights: 11 (expected: 12)");
    draft.block(0, 0, "weights", null);
    draft.refused();
  }

  @Test
  void weightsAreSymmetricAboutZero() {
    draft.cores.get(0).blocks().get(0).weights().set(5, -128);
    draft.refused("core 0, in: weight 5: -128 (expected: -127 to 127)");
    draft.cores.get(0).blocks().get(0).weights().set(5, -127);
    draft.refused();
  }

  @Test
  void weightsOfSynapsesThatDoNotExistAreZero() {
    draft.cores.get(0).blocks().get(3).weights().set(4, 1);
    draft.refused("core 0, masked: weight 4: 1 (expected: 0, no synapse is there)");
    draft.cores.get(0).blocks().get(3).weights().set(4, 0);
    draft.cores.get(0).blocks().get(3).weights().set(3, 1);
    draft.refused();
  }

  /// Sizes whose product no index can hold are refused before anything counts in them.
  @Test
  void blocksHaveNoMorePlacesThanAnIndexCanCount() {
    var judgement = new Judgement(null, null);
    var layout = new SynapseLayout.Dense(1 << 24, 1024, null);
    assertThat(LayoutChecker.fits(judgement, "block", SynapseFormat.DENSE, layout)).isFalse();
    assertThat(judgement.faults())
        .containsExactly("block: places: 17179869184 (expected: at most 2147483647)");
  }
}
