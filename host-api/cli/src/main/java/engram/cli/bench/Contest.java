package engram.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Lets contenders take turns, so that what else the machine does meets all of them.
final class Contest {
  private Contest() {}

  /// Runs all rounds; returns the laps of each contender, in their order.
  static List<Tally> run(int rounds, List<? extends Contender> contenders) throws IOException {
    var laps = new ArrayList<List<Lap>>();
    contenders.forEach(_ -> laps.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int c = 0; c < contenders.size(); c++) {
        laps.get(c).add(contenders.get(c).lap());
      }
    }
    var tallies = new ArrayList<Tally>();
    for (int c = 0; c < contenders.size(); c++) {
      tallies.add(new Tally(contenders.get(c).name(), laps.get(c)));
    }
    return tallies;
  }
}
