package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.ExitCode;
import engram.client.Fault;
import engram.client.FaultMemory;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram client fault list`: what goes wrong with a chip.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Print the chip's faults, a line each, in the order in which they came; those whose steps"
            + " have gone by too, since a reset brings their steps back.")
final class FaultListCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Mixin private SeenChip chip = new SeenChip();

  @Override
  public Integer call() throws IOException {
    try (var held = chip.take()) {
      var faults = held.chip().faults();
      if (json) {
        System.out.println(json(faults));
      } else {
        faults.forEach(fault -> System.out.println(text(fault)));
      }
    }
    return ExitCode.DONE;
  }

  private static String text(Fault fault) {
    return switch (fault) {
      case Fault.BitFlip flip ->
          "bit %d of word %d in %s, before step %d"
              .formatted(flip.bit(), flip.index(), text(flip.memory()), flip.step().orElseThrow());
      case Fault.RandomFlips flips ->
          "%d bits in %s, seed %d, before step %d"
              .formatted(
                  flips.count(), text(flips.memory()), flips.seed(), flips.step().orElseThrow());
      case Fault.DeadCore dead ->
          "core %d dead%s".formatted(dead.core(), steps(dead.from(), dead.until()));
      case Fault.PacketLoss loss ->
          "events%s%s lost with probability %s, seed %d%s"
              .formatted(
                  loss.fromCore().isEmpty() ? "" : " from core " + loss.fromCore().getAsInt(),
                  loss.toCore().isEmpty() ? "" : " to core " + loss.toCore().getAsInt(),
                  probability(loss),
                  loss.seed(),
                  steps(loss.from(), loss.until()));
    };
  }

  private static String text(FaultMemory memory) {
    return switch (memory) {
      case FaultMemory.Field(String population, String field) -> field + " of " + population;
      case FaultMemory.Weights(String projection) -> "weights of " + projection;
      case FaultMemory.Tag(String projection, String tag) -> tag + " of " + projection;
    };
  }

  private static String steps(OptionalLong from, OptionalLong until) {
    return " from step %d%s"
        .formatted(from.orElseThrow(), until.isEmpty() ? "" : " until step " + until.getAsLong());
  }

  private static double probability(Fault.PacketLoss loss) {
    return (double) loss.probability() / Fault.PacketLoss.CERTAIN;
  }

  private static String json(List<Fault> faults) {
    var all = new ObjectMapper().createArrayNode();
    faults.forEach(fault -> write(all.addObject(), fault));
    return all.toString();
  }

  private static void write(ObjectNode json, Fault fault) {
    switch (fault) {
      case Fault.BitFlip flip -> {
        write(json.put("kind", "bit_flip"), flip.memory());
        json.put("index", flip.index()).put("bit", flip.bit());
        put(json, "step", flip.step());
      }
      case Fault.RandomFlips flips -> {
        write(json.put("kind", "random_flips"), flips.memory());
        json.put("count", flips.count()).put("seed", flips.seed());
        put(json, "step", flips.step());
      }
      case Fault.DeadCore dead -> {
        json.put("kind", "dead_core").put("core", dead.core());
        put(json, "from_step", dead.from());
        put(json, "until_step", dead.until());
      }
      case Fault.PacketLoss loss -> {
        json.put("kind", "packet_loss")
            .put("probability", probability(loss))
            .put("seed", loss.seed());
        loss.fromCore().ifPresent(core -> json.put("from_core", core));
        loss.toCore().ifPresent(core -> json.put("to_core", core));
        put(json, "from_step", loss.from());
        put(json, "until_step", loss.until());
      }
    }
  }

  private static void put(ObjectNode json, String name, OptionalLong value) {
    value.ifPresent(number -> json.put(name, number));
  }

  private static void write(ObjectNode json, FaultMemory memory) {
    switch (memory) {
      case FaultMemory.Field(String population, String field) ->
          json.put("population", population).put("field", field);
      case FaultMemory.Weights(String projection) -> json.put("projection", projection);
      case FaultMemory.Tag(String projection, String tag) ->
          json.put("projection", projection).put("tag", tag);
    }
  }
}
