package engram.isa.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.isa.NumberFormat;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.testing.Records;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each reason for which an image is refused because of its programs, registers, populations,
/// projections.
final class ImageCheckerTest {
  private final ImageDraft draft = new ImageDraft();

  @Test
  void theDraftItselfPasses() {
    var checked = draft.check();
    assertThat(checked.programs()).hasSize(3);
    assertThat(checked.linkages().get(ImageDraft.DENSE)).isNotNull();
    assertThat(checked.linkages().get(ImageDraft.MASKED)).isNull();
    assertThat(checked.report().refusals()).isEmpty();
  }

  @Test
  void theMessageNamesNetworkChipAndAllReasons() {
    draft.frame = 0;
    draft.population(ImageDraft.A, "lag", 64);
    assertThatThrownBy(draft::check)
        .isInstanceOf(ImageException.class)
        .hasMessage(
            """
            network draft is refused by bench:
              frame: 0 (expected: 1 to 32768)
              population a: lag: 64 (expected: 0 to 63)\
            """);
  }

  @Test
  void programsAreVerified() {
    draft.program(".program neuron bad\nadd r0, r1, 1\n");
    draft.program(".program neuron empty\n");
    draft.refused(
        "neuron program bad, instruction 0 (add    r0, r1, 1): r1 is read before it is written in"
            + " this section",
        "neuron program empty: no instructions");
  }

  @Test
  void aChipMayLackKindsOfProgram() {
    draft.can("programs", EnumSet.of(ProgramKind.NEURON, ProgramKind.ROW));
    draft.refused("synapse program rule: the chip has no synapse programs");
  }

  @Test
  void aChipMayLackInstructions() {
    draft.without(Opcode.REDUCE);
    draft.refused("neuron program cell: the chip has no reduce");
  }

  @Test
  void aChipMayHaveShortHistories() {
    draft.can("history", 1);
    draft.refused(
        "neuron program cell, spike: history: 2 (expected: at most 1)",
        "synapse program rule: it looks back at arrivals: 1 steps (expected: at most 0)");
  }

  /// Whoever has to change a network for a chip wants to know of all that it can't do.
  @Test
  void allThatAChipHasNotIsRefusedAtOnce() {
    draft.without(Opcode.REDUCE);
    draft.can("formats", EnumSet.of(SynapseFormat.DENSE, SynapseFormat.MASKED));
    draft.refused(
        "neuron program cell: the chip has no reduce",
        "projection sparse: the chip has no sparse synapses");
  }

  @Test
  void sharedWeightsDoNotLearn() {
    draft.projection(ImageDraft.DENSE, "format", SynapseFormat.SHARED);
    draft.projection(ImageDraft.MIRROR, "format", SynapseFormat.SHARED);
    String reason = ": weights that synapses share can't learn (expected: dense, sparse or masked)";
    draft.refused("projection dense" + reason, "projection mirror" + reason);
  }

  @Test
  void aChipMayHaveNoGradedEvents() {
    draft.can("payload", false);
    draft.program(".program neuron g\n.stream s graded\nmov r0, 1\n");
    draft.refused(
        "row program trace, out: the chip has no graded events",
        "neuron program g, s: the chip has no graded events");
  }

  @Test
  void aChipMayHaveFewTags() {
    draft.can("tags", 1);
    draft.program(
        ".program synapse t\n.tag a : s8\n.tag b : s8\n.trigger each = step\nmov r0, 1\n");
    draft.refused("synapse program t: tags: 2 (expected: at most 1)");
  }

  @Test
  void registersAreThoseThatProgramsDeclare() {
    draft.registers.set(0, new RegisterImage("teach", NumberFormat.BIT, 0));
    draft.refused(
        "neuron program cell, learn: no such register in the image",
        "synapse program rule, learn: no such register in the image");
  }

  @Test
  void registersHaveOneType() {
    draft.registers.set(0, new RegisterImage("learn", NumberFormat.signed(4), 0));
    draft.refused(
        "neuron program cell, learn: type: u1 (expected: s4, as other programs declare it)",
        "synapse program rule, learn: type: u1 (expected: s4, as other programs declare it)");
  }

  @Test
  void registersStandOnceAndHoldTheirInitialValue() {
    draft.registers.add(new RegisterImage("learn", NumberFormat.BIT, 0));
    draft.registers.add(new RegisterImage("rate", NumberFormat.unsigned(3), 8));
    draft.refused("register learn: the name stands twice", "register rate: 8 (expected: 0 to 7)");
  }

  @Test
  void frames() {
    draft.frame = 32769;
    draft.refused("frame: 32769 (expected: 1 to 32768)");
  }

  @Test
  void aListOfHostRoutesForEachPopulation() {
    draft.hostRoutes.removeLast();
    draft.refused("host routes: 2 (expected: 3, one list a population)");
  }

  @Test
  void populations() {
    draft.population(ImageDraft.B, "name", "a", "size", 0, "lag", -1);
    draft.refused(
        "population a: the name stands twice",
        "population a: size: 0 (expected: at least 1)",
        "population a: lag: -1 (expected: 0 to 63)");
  }

  /// Projections that end on it are not looked at then.
  @Test
  void aPopulationRunsANeuronProgram() {
    draft.population(ImageDraft.A, "program", ImageDraft.ROW);
    draft.refused("population a: program 1 is no neuron program");
    draft.population(ImageDraft.A, "program", 99);
    draft.refused("population a: program 99 is no neuron program");
    draft.population(ImageDraft.A, "program", -2);
    draft.refused("population a: program -2 is no neuron program");
  }

  @Test
  void groupsDivideTheirPopulation() {
    draft.population(ImageDraft.A, "groups", Map.of("pool", 3));
    draft.refused("population a, group pool: size: 3 (expected: a divisor of 4)");
    draft.population(ImageDraft.A, "groups", Map.of());
    draft.refused("population a, group pool: size: 0 (expected: a divisor of 4)");
  }

  /// They lie in no core, but events of theirs take memory of the host.
  @Test
  void externalNeuronsAreNotWithoutEnd() {
    draft.population(ImageDraft.HOST, "size", (1 << 24) + 1);
    assertThatThrownBy(draft::check)
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("external neurons: 16777217 (expected: at most 16777216)");
    draft.population(ImageDraft.HOST, "size", 1 << 24);
    assertThatThrownBy(draft::check).hasMessageNotContaining("external neurons");
  }

  @Test
  void recordedStreamsExist() {
    draft.population(ImageDraft.A, "recorded", Set.of("spikes"));
    draft.refused("population a records a.spikes: there is no such stream");
    draft.population(ImageDraft.A, "recorded", Set.of("v"));
    draft.refused("population a records a.v: there is no such stream");
  }

  @Test
  void projectionsHaveNamesOfTheirOwnAndEnds() {
    draft.projection(ImageDraft.SPARSE, "name", "in", "target", 3);
    draft.refused(
        "projection in: the name stands twice",
        "projection in: no such source or target population");
  }

  @Test
  void aTargetHasNeurons() {
    draft.projection(ImageDraft.SPARSE, "target", ImageDraft.HOST);
    draft.refused("projection sparse: its target host is external");
  }

  @Test
  void aTargetHasTheAccumulator() {
    draft.projection(ImageDraft.IN, "accumulator", "v");
    draft.refused("projection in: neuron program cell has no accumulator v");
  }

  @Test
  void linesComeFromStreams() {
    draft.projection(ImageDraft.DENSE, "lines", List.of(new Line("in", 1, 1)));
    draft.refused("projection dense comes from a.in: there is no such stream");
    draft.projection(ImageDraft.DENSE, "lines", List.of(new Line("spike", 1, 1)));
    draft.projection(ImageDraft.IN, "lines", List.of(new Line("out", 1, 1)));
    draft.refused("projection in comes from host.out: there is no such stream");
  }

  @Test
  void linesHaveASignAndADelay() {
    draft.projection(
        ImageDraft.DENSE, "lines", List.of(new Line("spike", 2, 9), new Line("spike", -1, 0)));
    draft.refused(
        "projection dense: sign: 2 (expected: 1 or -1)",
        "projection dense: delay: 9 (expected: 1 to 8)",
        "projection dense: delay: 0 (expected: 1 to 8)");
  }

  @Test
  void linesOfRowsComeFromARowProgramOfTheSameSource() {
    draft.projection(ImageDraft.SUMS, "rowsOf", 6);
    draft.refused("projection sums: it comes from rows of no projection");
    draft.projection(ImageDraft.SUMS, "rowsOf", ImageDraft.DENSE);
    draft.refused("projection sums: rows of dense have no stream out, or another source");
    draft.projection(ImageDraft.SUMS, "rowsOf", ImageDraft.MASKED, "source", ImageDraft.B);
    draft.refused("projection sums: rows of masked have no stream out, or another source");
  }

  @Test
  void weightsHaveAWidthThatTheChipHas() {
    draft.can("weightBits", new Capabilities.Bits(4, 7));
    assertThat(draft.reasons())
        .contains("projection in: weight width: 8 (expected: 4 to 7 bits)")
        .hasSize(6);
  }

  @Test
  void weightsAreSignedUnlessTheyAreOneBit() {
    draft.projection(ImageDraft.IN, "weights", NumberFormat.unsigned(8));
    draft.refused("projection in: weights: u8 (expected: u1, or s2 to s16)");
    draft.projection(ImageDraft.IN, "weights", NumberFormat.signed(1));
    draft.refused("projection in: weights: s1 (expected: u1, or s2 to s16)");
    draft.can("weightBits", new Capabilities.Bits(1, 32));
    draft.projection(ImageDraft.IN, "weights", NumberFormat.signed(17));
    draft.refused("projection in: weights: s17 (expected: u1, or s2 to s16)");
  }

  @Test
  void aChipMayLackSynapseFormats() {
    draft.can("formats", EnumSet.of(SynapseFormat.DENSE, SynapseFormat.MASKED));
    draft.refused("projection sparse: the chip has no sparse synapses");
  }

  @Test
  void rowAndSynapseProgramsAreOfTheirKind() {
    draft.projection(ImageDraft.IN, "rowProgram", ImageDraft.RULE);
    draft.refused("projection in: program 2 is no row program");
    draft.projection(ImageDraft.IN, "rowProgram", -1, "synapseProgram", 77);
    draft.refused("projection in: program 77 is no synapse program");
  }

  @Test
  void programsOfAProjectionFitEachOther() {
    int rule =
        draft.program(".program synapse other\n.row y\n.post u\n.trigger each = step\nld r0, y\n");
    draft.projection(ImageDraft.MASKED, "synapseProgram", rule);
    draft.refused(
        "projection masked: synapse program other reads y of its row, which row program trace does"
            + " not have (it has: x)",
        "projection masked: synapse program other reads u of its neuron, which neuron program cell"
            + " does not have (it has: in, v, k, spike)");
  }

  @Test
  void aMirrorIsDeclaredBehindItsOriginal() {
    draft.projection(ImageDraft.MIRROR, "mirrorOf", ImageDraft.MASKED);
    draft.refused("projection mirror: it mirrors a projection that is not declared before it");
    draft.projection(ImageDraft.MIRROR, "mirrorOf", -5);
    draft.refused("projection mirror: it mirrors a projection that is not declared before it");
  }

  @Test
  void aMirrorIsTheTransposeOfItsOriginal() {
    String refusal =
        "projection mirror: it mirrors dense, but source, target, format or weights are not those"
            + " of its transpose";
    draft.projection(ImageDraft.MIRROR, "weights", NumberFormat.signed(7));
    draft.refused(refusal);
    draft.projection(ImageDraft.MIRROR, "weights", NumberFormat.signed(8), "source", ImageDraft.A);
    draft.refused(refusal);
    draft.projection(ImageDraft.MIRROR, "source", ImageDraft.B, "format", SynapseFormat.SPARSE);
    draft.refused(refusal);
  }

  @Test
  void aMirrorOfAMirrorIsRefused() {
    draft.projections.add(
        Records.with(
            draft.projections.get(ImageDraft.DENSE),
            "name",
            "again",
            "mirrorOf",
            ImageDraft.MIRROR));
    draft.refused(
        "projection again: it mirrors mirror, but source, target, format or weights are not those"
            + " of its transpose");
  }

  @Test
  void aMirrorHasNoRowProgram() {
    draft.projection(ImageDraft.MIRROR, "rowProgram", ImageDraft.ROW);
    draft.refused("projection mirror: a mirror has no row program");
  }

  /// A copy that does not learn while the original does would not stay a copy.
  @Test
  void aMirrorLearnsIfItsOriginalDoes() {
    draft.projection(ImageDraft.MIRROR, "synapseProgram", ProjectionImage.NONE);
    draft.refused("projection mirror: only one of it and dense learns");
    draft.projection(ImageDraft.MIRROR, "mirrorOf", 99);
    draft.refused("projection mirror: it mirrors a projection that is not declared before it");
  }

  @Test
  void theChangeOfAMirrorDependsOnWhatBothCopiesSee() {
    int rule =
        draft.program(
            ".program synapse own\n.tag e : s8\n.post v\n.trigger each = step\nld r0, e\n");
    draft.projection(ImageDraft.MIRROR, "synapseProgram", rule);
    draft.refused(
        "projection mirror: synapse program own, instruction 0 (ld     r0, e): the change of a"
            + " mirror depends on e (expected: events, weight, draws, global registers)",
        "projection mirror: the change of a mirror depends on v of neuron program cell (expected:"
            + " events)");
  }
}
