package engram.firmware.engines;

import engram.chip.Chip;
import engram.chip.Phase;
import engram.chip.preset.Counter;
import engram.isa.image.ChipImage;
import engram.isa.image.SynapseFormat;
import engram.isa.program.SymbolRole;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// Where two chips with one image first differ, in words.
final class FirstDifference {
  private final Chip expected;
  private final Chip actual;
  private final ChipImage image;

  private FirstDifference(Chip expected, Chip actual) {
    this.expected = expected;
    this.actual = actual;
    image = expected.image();
  }

  static String of(Chip expected, Chip actual) {
    var search = new FirstDifference(expected, actual);
    return search
        .registers()
        .or(search::neurons)
        .or(search::synapses)
        .or(search::costs)
        .orElse("a row's field, a history, or an event on its way");
  }

  private Optional<String> registers() {
    for (var register : image.registers()) {
      int is = actual.register(register.name(), 0);
      int should = expected.register(register.name(), 0);
      if (is != should) {
        return Optional.of("register %s: %d (expected: %d)".formatted(register.name(), is, should));
      }
    }
    return Optional.empty();
  }

  private Optional<String> neurons() {
    for (int p = 0; p < image.populations().size(); p++) {
      var population = image.populations().get(p);
      if (population.external()) {
        continue;
      }
      for (var symbol : image.programs().get(population.program()).symbols()) {
        String name = symbol.name();
        var role = symbol.role();
        if (role == SymbolRole.FIELD || role == SymbolRole.ACCUMULATOR) {
          int[] is = actual.read(population.name(), name);
          int[] should = expected.read(population.name(), name);
          int neuron = Arrays.mismatch(is, should);
          if (neuron >= 0) {
            return Optional.of(
                "%s, %s of neuron %d of %s: %d (expected: %d)"
                    .formatted(
                        core(p, neuron),
                        name,
                        neuron,
                        population.name(),
                        is[neuron],
                        should[neuron]));
          }
        } else if (role == SymbolRole.STREAM) {
          var wrong = events(actual, population.name(), name);
          wrong.xor(events(expected, population.name(), name));
          if (!wrong.isEmpty()) {
            int neuron = wrong.nextSetBit(0);
            return Optional.of(
                "%s, %s of neuron %d of %s: an event too many or too few"
                    .formatted(core(p, neuron), name, neuron, population.name()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static BitSet events(Chip chip, String population, String stream) {
    var events = new BitSet();
    chip.stream(population, stream).forEach(events::set);
    return events;
  }

  private Optional<String> synapses() {
    for (var projection : image.projections()) {
      if (projection.format() == SynapseFormat.SHARED) {
        continue;
      }
      String name = projection.name();
      var difference = words(projection.target(), name, "weight", c -> c.weights(name));
      if (difference.isPresent()) {
        return difference;
      }
      if (projection.learns()) {
        for (var tag : image.programs().get(projection.synapseProgram()).symbols()) {
          if (tag.role() == SymbolRole.TAG) {
            difference =
                words(projection.target(), name, tag.name(), c -> c.tags(name, tag.name()));
            if (difference.isPresent()) {
              return difference;
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private interface Words {
    int[] of(Chip chip);
  }

  private Optional<String> words(int targets, String projection, String word, Words words) {
    int[] is = words.of(actual);
    int[] should = words.of(expected);
    int place = Arrays.mismatch(is, should);
    if (place < 0) {
      return Optional.empty();
    }
    int columns = image.populations().get(targets).size();
    int target = place % columns;
    return Optional.of(
        "%s, %s of %s from %d to %d: %d (expected: %d)"
            .formatted(
                core(targets, target),
                word,
                projection,
                place / columns,
                target,
                is[place],
                should[place]));
  }

  private Optional<String> costs() {
    var is = actual.cost();
    var should = expected.cost();
    for (int core = 0; core < is.coreCycles().length; core++) {
      for (var phase : Phase.values()) {
        long cycles = is.coreCycles()[core][phase.ordinal()];
        long right = should.coreCycles()[core][phase.ordinal()];
        if (cycles != right) {
          return Optional.of(
              "core %d, cycles of %s: %d (expected: %d)"
                  .formatted(actual.coreNumbers()[core], phase, cycles, right));
        }
      }
    }
    for (var counter : Counter.values()) {
      if (is.count(counter) != should.count(counter)) {
        return Optional.of(
            "%s: %d (expected: %d)".formatted(counter, is.count(counter), should.count(counter)));
      }
    }
    return is.cycles() == should.cycles()
        ? Optional.empty()
        : Optional.of("cycles: %d (expected: %d)".formatted(is.cycles(), should.cycles()));
  }

  /// The core that holds a neuron.
  private String core(int population, int neuron) {
    for (var core : image.cores()) {
      for (var slice : core.slices()) {
        if (slice.population() == population
            && neuron >= slice.first()
            && neuron < slice.first() + slice.count()) {
          return "core " + core.core();
        }
      }
    }
    throw new IllegalStateException("no core holds neuron " + neuron);
  }
}
