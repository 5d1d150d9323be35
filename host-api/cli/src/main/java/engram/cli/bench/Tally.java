package engram.cli.bench;

import engram.cli.common.Median;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The laps of a contender.
record Tally(String name, List<Lap> laps) {
  Tally {
    laps = List.copyOf(laps);
  }

  /// Median over the rounds of an amount a second of wall time.
  double perSecond(ToDoubleFunction<Lap> amount) {
    return Median.of(laps.stream().mapToDouble(l -> amount.applyAsDouble(l) / l.wallSeconds()));
  }

  /// Median over the rounds of an amount a second of processor time; NaN where that is unknown.
  double perCpuSecond(ToDoubleFunction<Lap> amount) {
    return Median.of(laps.stream().mapToDouble(l -> amount.applyAsDouble(l) / l.cpuSeconds()));
  }

  /// An amount a step, over all rounds.
  double perStep(ToDoubleFunction<Lap> amount) {
    return laps.stream().mapToDouble(amount).sum() / laps.stream().mapToDouble(Lap::steps).sum();
  }

  /// How many times as fast as another: the median over the rounds of the quotient within a round.
  /// By processor time if both know it, since what else the machine does matters less there, else
  /// by wall time.
  double ratioTo(Tally other, ToDoubleFunction<Lap> amount) {
    return Median.of(
        IntStream.range(0, laps.size())
            .mapToDouble(i -> ratio(laps.get(i), other.laps.get(i), amount)));
  }

  private static double ratio(Lap one, Lap other, ToDoubleFunction<Lap> amount) {
    boolean cpu = !Double.isNaN(one.cpuSeconds()) && !Double.isNaN(other.cpuSeconds());
    double seconds = cpu ? one.cpuSeconds() : one.wallSeconds();
    double others = cpu ? other.cpuSeconds() : other.wallSeconds();
    return amount.applyAsDouble(one) / seconds * (others / amount.applyAsDouble(other));
  }
}
