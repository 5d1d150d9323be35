package engram.isa.exec;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.program.Program;
import engram.isa.testing.NeuronTrial;
import engram.isa.testing.RowTrial;
import engram.isa.testing.ScalarLane;
import engram.isa.testing.SynapseTrial;
import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whole random programs, results fed into results, registers overwritten, against the oracle. A
/// failure shows the shortest program found and the first value that differs.
final class RandomProgramsTest {
  private static Arbitrary<Instruction> instruction(ProgramKind kind) {
    var universe = Universe.of(kind);
    return Combinators.combine(
            Arbitraries.of(Words.opcodes(kind)), Arbitraries.longs().between(0, 1L << 40))
        .as((opcode, seed) -> Words.random(opcode, new Random(seed), universe));
  }

  @Provide
  Arbitrary<List<Instruction>> neuronBody() {
    return instruction(ProgramKind.NEURON).list().ofMinSize(1).ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<Instruction>> rowBody() {
    return instruction(ProgramKind.ROW).list().ofMinSize(1).ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<Instruction>> synapseBody() {
    return instruction(ProgramKind.SYNAPSE).list().ofMinSize(1).ofMaxSize(40);
  }

  @Property(tries = 150, seed = "1")
  void neurons(@ForAll("neuronBody") List<Instruction> body, @ForAll short seed) {
    var random = new Random(seed);
    int lanes = 1 + random.nextInt(140);
    var trial = new NeuronTrial(Universe.of(ProgramKind.NEURON).program(body), lanes, random);
    trial.run(random.nextBoolean() ? null : trial.someLanes());
  }

  @Property(tries = 150, seed = "2")
  void rows(@ForAll("rowBody") List<Instruction> body, @ForAll short seed) {
    var random = new Random(seed);
    new RowTrial(Universe.of(ProgramKind.ROW).program(body), 1 + random.nextInt(90), random).run();
  }

  @Property(tries = 150, seed = "3")
  void synapses(@ForAll("synapseBody") List<Instruction> body, @ForAll short seed) {
    var random = new Random(seed);
    var program = Universe.of(ProgramKind.SYNAPSE).program(body);
    new SynapseTrial(program, 1 + random.nextInt(7), 1 + random.nextInt(70), random).run();
  }

  @Property(tries = 60, seed = "4")
  void neuronsWithBarriers(
      @ForAll("neuronBody") List<Instruction> first,
      @ForAll("neuronBody") List<Instruction> second,
      @ForAll("neuronBody") List<Instruction> third,
      @ForAll short seed) {
    var random = new Random(seed);
    var universe = Universe.of(ProgramKind.NEURON);
    var bodies = new ArrayList<List<Instruction>>();
    var barriers = new ArrayList<Instruction>();
    for (var body : List.of(first, second)) {
      var bidding = new ArrayList<>(body.subList(0, Math.min(10, body.size())));
      bidding.add(Words.random(Opcode.BID, random, universe));
      bodies.add(bidding);
      barriers.add(
          Words.random(Opcode.REDUCE, random, universe)
              .with(InstructionField.PREDICATE, 0)
              .with(InstructionField.NOT, 0));
    }
    bodies.add(third.subList(0, Math.min(10, third.size())));
    var program = universe.sections(bodies, barriers);
    assertThat(ScalarLane.barriers(program)).hasSize(2);
    var trial = new NeuronTrial(program, 1 + random.nextInt(140), random);
    trial.run(random.nextBoolean() ? null : trial.someLanes());
  }

  /// Draws are keyed with the clock as it was when what is learnt from began.
  @Property(tries = 30, seed = "5")
  void origins(@ForAll("synapseBody") List<Instruction> body, @ForAll short seed) {
    var random = new Random(seed);
    var plain = Universe.of(ProgramKind.SYNAPSE).program(body);
    var program =
        new Program(
            plain.kind(),
            plain.name(),
            plain.symbols(),
            plain.tables(),
            plain.triggers(),
            plain.activity(),
            1 + random.nextInt(63),
            plain.words());
    new SynapseTrial(program, 5, 30, random).run();
  }
}
