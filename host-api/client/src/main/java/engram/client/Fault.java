package engram.client;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// What goes wrong with a chip, on purpose. With the same faults a run gives the same digests.
public sealed interface Fault {

  /// One stored bit turns over.
  ///
  /// @param index of the word in its memory
  /// @param bit of the word, 0 the lowest; the highest of a signed word is its sign
  /// @param step before which it takes place; empty: at once, and then it is over
  record BitFlip(FaultMemory memory, long index, int bit, OptionalLong step) implements Fault {
    /// Before a step that is still to come.
    public BitFlip before(long step) {
      return new BitFlip(memory, index, bit, OptionalLong.of(step));
    }
  }

  /// Bits of one memory turn over, none twice, drawn when they do.
  ///
  /// @param count of bits
  /// @param step before which it takes place; empty: at once, and then it is over
  record RandomFlips(FaultMemory memory, int count, long seed, OptionalLong step) implements Fault {
    /// Before a step that is still to come.
    public RandomFlips before(long step) {
      return new RandomFlips(memory, count, seed, OptionalLong.of(step));
    }
  }

  /// A core takes no events, runs no program, emits nothing; what it holds stays.
  ///
  /// @param from first step; empty: the one that comes next
  /// @param until the step behind the last one; empty: it does not end
  record DeadCore(int core, OptionalLong from, OptionalLong until) implements Fault {
    /// In the steps from one to before another.
    public DeadCore during(long from, long until) {
      return new DeadCore(core, OptionalLong.of(from), OptionalLong.of(until));
    }
  }

  /// Events get lost on their way.
  ///
  /// @param probability in units of 2^-32: from 0, none, to `CERTAIN`, all
  /// @param fromCore core whose events alone are meant; empty: all, and what hosts inject
  /// @param toCore core that alone misses them; empty: all do
  /// @param from first step whose emissions are meant; empty: the one that comes next
  /// @param until the step behind the last one; empty: it does not end
  record PacketLoss(
      long probability,
      long seed,
      OptionalInt fromCore,
      OptionalInt toCore,
      OptionalLong from,
      OptionalLong until)
      implements Fault {
    /// Probability 1.
    public static final long CERTAIN = 1L << 32;

    /// Only events that a core emits.
    public PacketLoss fromCore(int core) {
      return new PacketLoss(probability, seed, OptionalInt.of(core), toCore, from, until);
    }

    /// Only on the way to a core.
    public PacketLoss toCore(int core) {
      return new PacketLoss(probability, seed, fromCore, OptionalInt.of(core), from, until);
    }

    /// Events that are emitted in the steps from one to before another.
    public PacketLoss during(long from, long until) {
      return new PacketLoss(
          probability, seed, fromCore, toCore, OptionalLong.of(from), OptionalLong.of(until));
    }
  }

  /// One bit, at once.
  static BitFlip bitFlip(FaultMemory memory, long index, int bit) {
    return new BitFlip(memory, index, bit, OptionalLong.empty());
  }

  /// Drawn bits, at once.
  static RandomFlips randomFlips(FaultMemory memory, int count, long seed) {
    return new RandomFlips(memory, count, seed, OptionalLong.empty());
  }

  /// From the next step on, for ever.
  static DeadCore deadCore(int core) {
    return new DeadCore(core, OptionalLong.empty(), OptionalLong.empty());
  }

  /// Between all cores, from the next step on, for ever.
  ///
  /// @param probability 0 to 1; rounded to a multiple of 2^-32
  static PacketLoss packetLoss(double probability, long seed) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + " (expected: 0 to 1)");
    }
    return new PacketLoss(
        Math.round(probability * PacketLoss.CERTAIN),
        seed,
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  /// What goes over the wire.
  static engram.protocol.v1.Fault message(Fault fault) {
    var message = engram.protocol.v1.Fault.newBuilder();
    switch (fault) {
      case BitFlip flip -> {
        var builder =
            message
                .getBitFlipBuilder()
                .setMemory(FaultMemory.message(flip.memory()))
                .setIndex(flip.index())
                .setBit(flip.bit());
        flip.step().ifPresent(builder::setStep);
      }
      case RandomFlips flips -> {
        var builder =
            message
                .getRandomFlipsBuilder()
                .setMemory(FaultMemory.message(flips.memory()))
                .setCount(flips.count())
                .setSeed(flips.seed());
        flips.step().ifPresent(builder::setStep);
      }
      case DeadCore dead -> {
        var builder = message.getDeadCoreBuilder().setCore(dead.core());
        dead.from().ifPresent(builder::setFromStep);
        dead.until().ifPresent(builder::setUntilStep);
      }
      case PacketLoss loss -> {
        var builder =
            message.getPacketLossBuilder().setProbability(loss.probability()).setSeed(loss.seed());
        loss.fromCore().ifPresent(builder::setFromCore);
        loss.toCore().ifPresent(builder::setToCore);
        loss.from().ifPresent(builder::setFromStep);
        loss.until().ifPresent(builder::setUntilStep);
      }
    }
    return message.build();
  }

  private static OptionalLong present(boolean there, long value) {
    return there ? OptionalLong.of(value) : OptionalLong.empty();
  }

  private static OptionalInt present(boolean there, int value) {
    return there ? OptionalInt.of(value) : OptionalInt.empty();
  }

  /// What came over the wire.
  static Fault of(engram.protocol.v1.Fault message) {
    return switch (message.getKindCase()) {
      case BIT_FLIP -> {
        var flip = message.getBitFlip();
        yield new BitFlip(
            FaultMemory.of(flip.getMemory()),
            flip.getIndex(),
            flip.getBit(),
            present(flip.hasStep(), flip.getStep()));
      }
      case RANDOM_FLIPS -> {
        var flips = message.getRandomFlips();
        yield new RandomFlips(
            FaultMemory.of(flips.getMemory()),
            flips.getCount(),
            flips.getSeed(),
            present(flips.hasStep(), flips.getStep()));
      }
      case DEAD_CORE -> {
        var dead = message.getDeadCore();
        yield new DeadCore(
            dead.getCore(),
            present(dead.hasFromStep(), dead.getFromStep()),
            present(dead.hasUntilStep(), dead.getUntilStep()));
      }
      case PACKET_LOSS -> {
        var loss = message.getPacketLoss();
        yield new PacketLoss(
            loss.getProbability(),
            loss.getSeed(),
            present(loss.hasFromCore(), loss.getFromCore()),
            present(loss.hasToCore(), loss.getToCore()),
            present(loss.hasFromStep(), loss.getFromStep()),
            present(loss.hasUntilStep(), loss.getUntilStep()));
      }
      case KIND_NOT_SET ->
          throw new IllegalArgumentException("fault: none of a kind that this client knows");
    };
  }
}
