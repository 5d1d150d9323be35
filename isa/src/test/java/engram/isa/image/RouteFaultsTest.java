package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.image.ProjectionImage.Line;
import engram.isa.testing.Records;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Each reason for which an image is refused because of axons, routes, split rows, sequencers,
/// samples.
final class RouteFaultsTest {
  private static final int MAX = Integer.MAX_VALUE;

  private ImageDraft draft = new ImageDraft();

  @Test
  void axonsFollowEachOther() {
    draft.axons(0, 1, "first", 4);
    assertThat(draft.reasons()).contains("core 0: axons from 4 name no rows of a block");
    draft.axons(0, 1, "first", 3, "count", 0);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
  }

  @Test
  void axonsNameRowsOfABlock() {
    draft.axons(0, 1, "block", 6);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
    draft.axons(0, 1, "block", -1);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
    draft.axons(0, 1, "block", 1, "row", 1);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
    draft.axons(0, 1, "row", -1);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
    draft.axons(0, 1, "row", MAX, "count", 1);
    assertThat(draft.reasons()).contains("core 0: axons from 3 name no rows of a block");
  }

  @Test
  void axonsHaveADelayAndASign() {
    draft.axons(0, 0, "delay", 9, "sign", 0);
    assertThat(draft.reasons())
        .contains("core 0, axon 0: delay 9, sign 0 (expected: 1 to 8, 1 or -1)");
    draft.axons(0, 0, "delay", 0, "sign", Integer.MIN_VALUE);
    assertThat(draft.reasons())
        .contains("core 0, axon 0: delay 0, sign -2147483648 (expected: 1 to 8, 1 or -1)");
  }

  private void routes(RouteImage... routes) {
    draft.slice(0, 0, "routes", Map.of("spike", List.of(routes)));
  }

  @Test
  void routesLeadFromLanesThatThereAre() {
    for (var route :
        List.of(
            new RouteImage(1, 4, 0, 3),
            new RouteImage(-1, 2, 0, 3),
            new RouteImage(0, 0, 0, 3),
            new RouteImage(MAX, 1, 0, 3),
            new RouteImage(1, MAX, 0, 3))) {
      routes(route);
      draft.refused("route of a: lanes or core do not exist: " + route);
    }
  }

  @Test
  void routesLeadToCoresThatThereAre() {
    routes(new RouteImage(0, 4, 5, 0));
    draft.refused(
        "route of a: lanes or core do not exist: RouteImage[first=0, count=4, core=5, axon=0]");
  }

  @Test
  void routesLeadToAxonsOfOneBlock() {
    for (int axon : new int[] {1, 23, -1, MAX}) {
      routes(new RouteImage(0, 4, 0, axon));
      draft.refused("route of a: core 0 has no axons " + axon + " and on");
    }
  }

  @Test
  void routesLeadToTheRowOfTheirNeuron() {
    routes(new RouteImage(1, 2, 0, 3));
    draft.refused("route of a to core 0, axon 3: row 0 (expected: 1, the neuron's index)");
    routes(new RouteImage(1, 2, 0, 4));
    draft.refused();
  }

  @Test
  void aNeuronReachesAsManyAxonsAsTheChipLets() {
    draft.can("destinations", 4);
    draft.refused("population a: destinations of a neuron: 5 (expected: at most 4)");
  }

  @Test
  void routesAreOfStreams() {
    draft.slice(0, 0, "routes", Map.of("v", List.of()));
    draft.refused("route of a.v: there is no such stream");
    draft = fresh();
    draft.block(0, 3, "routes", Map.of("x", List.of()));
    draft.refused("route of rows of masked: they have no stream x");
    draft.block(0, 3, "routes", Map.of());
    draft.block(0, 0, "routes", Map.of("out", List.of()));
    draft.refused("route of rows of in: they have no stream out");
  }

  private static ImageDraft fresh() {
    return new ImageDraft();
  }

  /// An axon that belongs to another projection would count events that its projection never has.
  @Test
  void routesLeadToAxonsOfALineThatTheyServe() {
    routes(new RouteImage(0, 3, 0, 0));
    draft.refused("route of a.spike to core 0, axon 0: projection in has no such line");
    routes(new RouteImage(0, 4, 0, 19));
    draft.refused("route of a.spike to core 0, axon 19: projection sums has no such line");
    draft.projection(ImageDraft.DENSE, "lines", List.of(new Line("spike", -1, 1)));
    routes(new RouteImage(0, 4, 0, 3));
    assertThat(draft.reasons())
        .contains("route of a.spike to core 0, axon 3: projection dense has no such line");
    draft.projection(ImageDraft.DENSE, "lines", List.of(new Line("spike", 1, 2)));
    assertThat(draft.reasons())
        .contains("route of a.spike to core 0, axon 3: projection dense has no such line");
  }

  @Test
  void routesOfRowsLeadToLinesOfTheirProjection() {
    draft.block(0, 3, "routes", Map.of("out", List.of(new RouteImage(0, 4, 0, 3))));
    draft.refused(
        "route of rows of masked.out to core 0, axon 3: projection dense has no such line");
  }

  /// A neuron and its row may have streams of one name; their events are different ones.
  @Test
  void routesOfNeuronsDoNotLeadToLinesOfRows() {
    int row =
        draft.program(
            """
            .program row trace
            .field  x : u8
            .acc    sum : s24
            .stream spike sums sum
            .trigger each = step
                    emit   spike
            """);
    draft.projection(ImageDraft.MASKED, "rowProgram", row);
    draft.projection(ImageDraft.SUMS, "lines", List.of(new Line("spike", -1, 2)));
    var sums = List.of(new RouteImage(0, 4, 0, 19), new RouteImage(0, 4, 1, 8));
    draft.block(0, 3, "routes", Map.of("spike", sums));
    draft.block(1, 1, "routes", Map.of("spike", sums));
    draft.refused();
    routes(new RouteImage(0, 4, 0, 19));
    draft.refused("route of a.spike to core 0, axon 19: projection sums has no such line");
  }

  @Test
  void routesOfTheHostAreOfExternalPopulations() {
    draft.hostRoutes.set(ImageDraft.A, List.of(new RouteImage(0, 4, 0, 3)));
    draft.refused("host routes of a, which is not external");
    draft.hostRoutes.set(ImageDraft.A, List.of());
    draft.hostRoutes.set(ImageDraft.HOST, List.of(new RouteImage(0, 3, 0, 3)));
    draft.refused("route of host.spike to core 0, axon 3: projection dense has no such line");
  }

  @Test
  void sumsOfSplitRowsAreNotReadByTheirProgram() {
    int reads =
        draft.program(
            """
            .program row reads
            .acc    sum : s24
            .stream out sums sum
            .trigger each = step
                    ldacc sum
                    nar   r0, 0
            """);
    draft.projection(ImageDraft.MASKED, "rowProgram", reads);
    draft.refused(
        "projection masked: its rows are split over 2 cores, but row program reads reads their sums"
            + " (expected: streams that carry them)");
  }

  @Test
  void splitRowsSendPlainEventsFromOneCore() {
    int plain =
        draft.program(
            """
            .program row plain
            .stream out
            .trigger came = pre
                    emit  out
            """);
    draft.projection(ImageDraft.MASKED, "rowProgram", plain);
    draft.refused(
        "projection masked: its rows are split over 2 cores, of which 2 send their events out"
            + " (expected: 1, all have the same)");
  }

  @Test
  void aChipMayHaveNoSequencers() {
    draft.can("sequencers", false);
    draft.refused("the chip has no sequencer engines");
  }

  private void sequencer(Sequencer sequencer) {
    draft.sequencers.clear();
    draft.sequencers.add(sequencer);
  }

  @Test
  void sequencersHaveARegister() {
    sequencer(new Sequencer.Rewire(1, ImageDraft.MASKED));
    draft.refused("sequencer: register 1 does not exist");
    sequencer(new Sequencer.Rewire(-1, ImageDraft.MASKED));
    draft.refused("sequencer: register -1 does not exist");
  }

  @Test
  void rewiringNeedsAMask() {
    sequencer(new Sequencer.Rewire(0, ImageDraft.SPARSE));
    draft.refused("rewire: projection 4 is no masked one");
    sequencer(new Sequencer.Rewire(0, 6));
    draft.refused("rewire: projection 6 is no masked one");
  }

  @Test
  void rewiringNeedsAProjectionWithoutMirror() {
    sequencer(new Sequencer.Rewire(0, ImageDraft.DENSE));
    draft.refused("rewire: projection 1 is no masked one", "rewire: projection 1 has a mirror");
    sequencer(new Sequencer.Rewire(0, ImageDraft.MIRROR));
    draft.refused("rewire: projection 2 is no masked one", "rewire: projection 2 is a mirror");
  }

  @Test
  void aReductionHasReplicasOfOneShape() {
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.IN)));
    draft.refused("reduce: replicas: 1 (expected: at least 2)");
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.SUMS, 9)));
    draft.refused("reduce: projection 9 does not exist");
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.SUMS, ImageDraft.MASKED)));
    draft.refused(
        "reduce: masked is not of the shape of sums (expected: both dense, with one program)");
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.SUMS, ImageDraft.IN)));
    draft.refused(
        "reduce: in is not of the shape of sums (expected: both dense, with one program)");
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.SUMS, ImageDraft.SUMS)));
    draft.refused("reduce: sums stands twice");
  }

  @Test
  void aReductionHasAWord() {
    sequencer(new Sequencer.Reduce(0, "e", List.of(ImageDraft.SUMS, ImageDraft.SUMS)));
    assertThat(draft.reasons()).contains("reduce: sums has no word e");
  }

  /// The engine would change one copy of the weights and not the other.
  @Test
  void aReductionOfWeightsLeavesMirrorsAlone() {
    draft.projection(ImageDraft.SUMS, "synapseProgram", ImageDraft.RULE);
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.DENSE, ImageDraft.SUMS)));
    draft.refused("reduce: dense has a mirror");
    sequencer(new Sequencer.Reduce(0, "w", List.of(ImageDraft.SUMS, ImageDraft.MIRROR)));
    draft.refused("reduce: mirror is a mirror");
  }

  private void samples(Object... namesAndValues) {
    draft.samples = Records.with(new ImageDraft().samples, namesAndValues);
  }

  @Test
  void samplesGoIntoFieldsThatThereAre() {
    samples("data", "nobody");
    draft.refused("samples: no field nobody.v");
    samples("dataField", "k");
    draft.refused("samples: no field a.k");
    samples("label", "host");
    draft.refused("samples: no field host.v");
    samples("label", "", "labelField", "");
    draft.refused();
    samples("labelOn", 1 << 15);
    draft.refused("samples: label: 32768 (expected: -32768 to 32767)");
  }

  @Test
  void samplesVoteByAStream() {
    samples("vote", "nobody");
    draft.refused("samples: no population nobody");
    samples("voteStream", "votes");
    draft.refused("samples vote by b.votes: there is no such stream");
  }

  @Test
  void samplesTeachByARegister() {
    samples("learn", "teach");
    draft.refused("samples: no register teach");
  }

  @Test
  void samplesLastAStep() {
    samples("steps", 0);
    draft.refused("samples: steps: 0 (expected: at least 1)");
  }

  /// A network that asks for too much of one thing often asks for too much of another.
  @Test
  void wallsAreNamedBesideOtherReasons() {
    draft.can("destinations", 4);
    draft.spec = Records.with(draft.spec, "core", Records.with(draft.spec.core(), "neurons", 5));
    draft.refused(
        "population a: destinations of a neuron: 5 (expected: at most 4)",
        "core 0, neurons: 6 neurons (expected: at most 5 on bench); most of it, 4, is taken by a");
  }

  @Test
  void anImageThatDoesNotFitIsRefusedWithTheWorstOwner() {
    draft.spec =
        Records.with(
            draft.spec,
            "core",
            Records.with(draft.spec.core(), "axons", 22, "neurons", 5, "routes", 7));
    draft.refused(
        "core 0, neurons: 6 neurons (expected: at most 5 on bench); most of it, 4, is taken by a",
        "core 0, axon memory: 23 entries (expected: at most 22 on bench); most of it, 4, is taken"
            + " by dense",
        "core 0, route memory: 8 entries (expected: at most 7 on bench); most of it, 5, is taken by"
            + " a");
  }
}
