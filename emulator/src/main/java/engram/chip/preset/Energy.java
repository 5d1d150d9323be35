package engram.chip.preset;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// What a run would have taken.
///
/// @param joules of everything; empty if a term has no figure
/// @param knownJoules of the terms that have one
/// @param missing the terms that have none, though the run has a count of them
public record Energy(OptionalDouble joules, double knownJoules, List<String> missing) {
  /// Sums counts, always in the order of `Counter`, then static power over the time.
  public static Energy of(EnergyModel model, long[] counts, double seconds) {
    var missing = new ArrayList<String>();
    double picojoules = 0;
    var figures = model.ordered();
    for (var counter : Counter.values()) {
      long count = counts[counter.ordinal()];
      var figure = figures.get(counter);
      if (figure != null) {
        picojoules += count * figure.value();
      } else if (count > 0 && counter.takesEnergy() && !model.included().containsKey(counter)) {
        missing.add(counter.key());
      }
    }
    double known = picojoules * 1e-12;
    if (model.staticWatts() != null) {
      known += model.staticWatts().value() * seconds;
    } else {
      missing.add(EnergyModel.STATIC);
    }
    return new Energy(
        missing.isEmpty() ? OptionalDouble.of(known) : OptionalDouble.empty(),
        known,
        List.copyOf(missing));
  }
}
