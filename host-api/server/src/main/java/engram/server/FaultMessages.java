package engram.server;

import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.Fault;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.PacketLoss;
import engram.chip.fault.RandomFlips;
import engram.protocol.v1.Code;
import engram.protocol.v1.FaultsResponse;
import engram.protocol.v1.InjectFaultsRequest;
import java.util.List;

/// Faults as the protocol has them, and as the chip has them.
final class FaultMessages {
  private FaultMessages() {}

  /// The faults of a request.
  ///
  /// @param step that comes next
  static List<Fault> faults(InjectFaultsRequest request, long step) {
    return request.getFaultsList().stream().map(fault -> fault(fault, step)).toList();
  }

  private static Fault fault(engram.protocol.v1.Fault message, long step) {
    return switch (message.getKindCase()) {
      case BIT_FLIP -> {
        var flip = message.getBitFlip();
        yield new BitFlip(
            memory(flip.getMemory()),
            natural("index", flip.getIndex()),
            natural("bit", flip.getBit()),
            flip.hasStep() ? natural("step", flip.getStep()) : Fault.AT_ONCE);
      }
      case RANDOM_FLIPS -> {
        var flips = message.getRandomFlips();
        yield new RandomFlips(
            memory(flips.getMemory()),
            natural("count", flips.getCount()),
            flips.getSeed(),
            flips.hasStep() ? natural("step", flips.getStep()) : Fault.AT_ONCE);
      }
      case DEAD_CORE -> {
        var dead = message.getDeadCore();
        yield new DeadCore(
            natural("core", dead.getCore()),
            dead.hasFromStep() ? natural("from_step", dead.getFromStep()) : step,
            dead.hasUntilStep() ? natural("until_step", dead.getUntilStep()) : Fault.FOREVER);
      }
      case PACKET_LOSS -> {
        var loss = message.getPacketLoss();
        yield new PacketLoss(
            natural("probability", loss.getProbability()),
            loss.getSeed(),
            loss.hasFromCore() ? natural("from_core", loss.getFromCore()) : PacketLoss.ANY,
            loss.hasToCore() ? natural("to_core", loss.getToCore()) : PacketLoss.ANY,
            loss.hasFromStep() ? natural("from_step", loss.getFromStep()) : step,
            loss.hasUntilStep() ? natural("until_step", loss.getUntilStep()) : Fault.FOREVER);
      }
      case KIND_NOT_SET -> throw Readings.missing("kind");
    };
  }

  private static FaultMemory memory(engram.protocol.v1.FaultMemory message) {
    return switch (message.getWhatCase()) {
      case FIELD ->
          new FaultMemory.Field(message.getField().getPopulation(), message.getField().getField());
      case SYNAPSES -> {
        var synapses = message.getSynapses();
        yield synapses.getTag().isEmpty()
            ? new FaultMemory.Weights(synapses.getProjection())
            : new FaultMemory.Tag(synapses.getProjection(), synapses.getTag());
      }
      case WHAT_NOT_SET -> throw Readings.missing("what");
    };
  }

  /// An unsigned number that the chip holds as a signed one.
  private static long natural(String name, long value) {
    if (value < 0) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "%s: %s (expected: < 2^63)",
          name,
          Long.toUnsignedString(value));
    }
    return value;
  }

  private static int natural(String name, int value) {
    if (value < 0) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "%s: %s (expected: < 2^31)",
          name,
          Integer.toUnsignedString(value));
    }
    return value;
  }

  static FaultsResponse.Builder answer(List<Fault> faults, long step) {
    var response = FaultsResponse.newBuilder().setStep(step);
    faults.forEach(fault -> response.addFaults(message(fault)));
    return response;
  }

  private static engram.protocol.v1.Fault.Builder message(Fault fault) {
    var message = engram.protocol.v1.Fault.newBuilder();
    switch (fault) {
      case BitFlip flip ->
          message
              .getBitFlipBuilder()
              .setMemory(message(flip.memory()))
              .setIndex(flip.index())
              .setBit(flip.bit())
              .setStep(flip.at());
      case RandomFlips flips ->
          message
              .getRandomFlipsBuilder()
              .setMemory(message(flips.memory()))
              .setCount(flips.count())
              .setSeed(flips.seed())
              .setStep(flips.at());
      case DeadCore dead -> {
        var builder = message.getDeadCoreBuilder().setCore(dead.core()).setFromStep(dead.from());
        if (dead.until() != Fault.FOREVER) {
          builder.setUntilStep(dead.until());
        }
      }
      case PacketLoss loss -> {
        var builder =
            message
                .getPacketLossBuilder()
                .setProbability(loss.probability())
                .setSeed(loss.seed())
                .setFromStep(loss.from());
        if (loss.fromCore() != PacketLoss.ANY) {
          builder.setFromCore(loss.fromCore());
        }
        if (loss.toCore() != PacketLoss.ANY) {
          builder.setToCore(loss.toCore());
        }
        if (loss.until() != Fault.FOREVER) {
          builder.setUntilStep(loss.until());
        }
      }
    }
    return message;
  }

  private static engram.protocol.v1.FaultMemory.Builder message(FaultMemory memory) {
    var message = engram.protocol.v1.FaultMemory.newBuilder();
    switch (memory) {
      case FaultMemory.Field(String population, String field) ->
          message.getFieldBuilder().setPopulation(population).setField(field);
      case FaultMemory.Weights(String projection) ->
          message.getSynapsesBuilder().setProjection(projection);
      case FaultMemory.Tag(String projection, String tag) ->
          message.getSynapsesBuilder().setProjection(projection).setTag(tag);
    }
    return message;
  }
}
