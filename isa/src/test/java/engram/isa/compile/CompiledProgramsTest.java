package engram.isa.compile;

import engram.isa.Instruction;
import engram.isa.InstructionField;
import engram.isa.Opcode;
import engram.isa.ProgramKind;
import engram.isa.assembler.Assembler;
import engram.isa.exec.Engine;
import engram.isa.testing.NeuronTrial;
import engram.isa.testing.RowTrial;
import engram.isa.testing.SynapseTrial;
import engram.isa.testing.Universe;
import engram.isa.testing.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compiled programs against the same oracle as the interpreter: random programs, every opcode, all
/// ways of compiling.
final class CompiledProgramsTest {
  /// Random programs of each kind and way; with `-Dengram.programs=N` as many as one likes.
  private static final int PROGRAMS = Integer.getInteger("engram.programs", 840);

  enum Way {
    VECTORS(true, Piece.MOST),
    VECTORS_IN_MANY_PIECES(true, 12),
    ONE_LANE_AFTER_THE_OTHER(false, Piece.MOST);

    private final boolean vectors;
    private final int mostCost;

    Way(boolean vectors, int mostCost) {
      this.vectors = vectors;
      this.mostCost = mostCost;
    }

    CompiledEngine engine() {
      return new CompiledEngine(vectors, mostCost);
    }
  }

  static Stream<Way> ways() {
    return Arrays.stream(Way.values()).filter(way -> !way.vectors || CompiledEngine.hasVectors());
  }

  private interface Trial {
    void run(List<Instruction> body, Random random, Engine engine);
  }

  private static List<Instruction> body(ProgramKind kind, Random random) {
    var universe = Universe.of(kind);
    var opcodes = Words.opcodes(kind);
    var body = new ArrayList<Instruction>();
    int length = 1 + random.nextInt(40);
    for (int i = 0; i < length; i++) {
      body.add(Words.random(opcodes.get(random.nextInt(opcodes.size())), random, universe));
    }
    return body;
  }

  private static void judge(ProgramKind kind, Way way, Trial trial) {
    var engine = way.engine();
    for (int n = 0; n < PROGRAMS; n++) {
      long seed = 31L * n + kind.ordinal();
      var body = body(kind, random(seed));
      var failure = failure(body, seed, engine, trial);
      if (failure != null) {
        throw smallest(body, seed, engine, trial, failure);
      }
    }
  }

  /// The first numbers of generators with seeds side by side are alike unless seeds are spread.
  private static Random random(long seed) {
    return new Random(seed * 0x9E3779B97F4A7C15L);
  }

  private static Throwable failure(List<Instruction> body, long seed, Engine engine, Trial trial) {
    try {
      trial.run(body, random(seed), engine);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e;
    }
  }

  /// Leaves out instructions as long as the program still fails.
  private static AssertionError smallest(
      List<Instruction> body, long seed, Engine engine, Trial trial, Throwable first) {
    var small = new ArrayList<>(body);
    var failure = first;
    for (int i = 0; i < small.size(); ) {
      var less = new ArrayList<>(small);
      less.remove(i);
      var still = failure(less, seed, engine, trial);
      if (still != null) {
        small = less;
        failure = still;
      } else {
        i++;
      }
    }
    return new AssertionError(
        "seed %d, smallest body %s: %s".formatted(seed, small, failure.getMessage()), failure);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void neurons(Way way) {
    judge(
        ProgramKind.NEURON,
        way,
        (body, random, engine) -> {
          int lanes = 1 + random.nextInt(140);
          var program = Universe.of(ProgramKind.NEURON).program(body);
          var trial = new NeuronTrial(program, lanes, random).on(engine);
          trial.run(random.nextBoolean() ? null : trial.someLanes());
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void neuronsWithBarriers(Way way) {
    judge(
        ProgramKind.NEURON,
        way,
        (body, random, engine) -> {
          var universe = Universe.of(ProgramKind.NEURON);
          var bidding = new ArrayList<>(body.subList(0, body.size() / 2));
          bidding.add(Words.random(Opcode.BID, random, universe));
          var barrier =
              Words.random(Opcode.REDUCE, random, universe)
                  .with(InstructionField.PREDICATE, 0)
                  .with(InstructionField.NOT, 0);
          var rest = body.subList(body.size() / 2, body.size());
          var program = universe.sections(List.of(bidding, rest), List.of(barrier));
          var trial = new NeuronTrial(program, 1 + random.nextInt(140), random).on(engine);
          trial.run(random.nextBoolean() ? null : trial.someLanes());
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void rows(Way way) {
    judge(
        ProgramKind.ROW,
        way,
        (body, random, engine) -> {
          var program = Universe.of(ProgramKind.ROW).program(body);
          new RowTrial(program, 1 + random.nextInt(600), random).on(engine).run();
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void synapses(Way way) {
    judge(
        ProgramKind.SYNAPSE,
        way,
        (body, random, engine) -> {
          var program = Universe.of(ProgramKind.SYNAPSE).program(body);
          new SynapseTrial(program, 1 + random.nextInt(7), 1 + random.nextInt(140), random)
              .on(engine)
              .run();
        });
  }

  /// A draw that can't fail is left out by code of its own: half of all rates here are such.
  @ParameterizedTest
  @MethodSource("ways")
  void drawsThatAreCertain(Way way) {
    var program =
        Assembler.assemble(
                "certain.s",
                """
                .program synapse certain
                .global rate : u2
                .tag    seen : u8
                .post   spike
                .trigger both = pre and post.spike
                .trigger each = step
                        ld    r0, w
                        ld    r1, rate
                        bern  p1, r1, 1
                        cause p2, both
                  (p1)  add   r0, r0, 3
                  (p2)  sub   r0, r0, 1
                        st    w, r0
                        ld    r2, seen
                  (p1)  add   r2, r2, 1
                        st    seen, r2
                """,
                Map.of())
            .program();
    var engine = way.engine();
    for (int seed = 0; seed < 60; seed++) {
      var random = random(seed);
      new SynapseTrial(program, 1 + random.nextInt(7), 1 + random.nextInt(140), random)
          .on(engine)
          .run();
    }
  }
}
