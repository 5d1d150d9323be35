package engram.chip;

import java.util.Arrays;

/// Which thread runs which cores: each has a hand of them. Processors are not equally fast, since
/// others may use parts of them, so a hand is as long as its cores take on the caller's thread
/// times how much slower its own thread is. A core stays where it is as long as that is good
/// enough, since its state is in that processor's caches.
final class CoreDeal {
  /// Weight of the last time that a core took against those before.
  private static final double NEW = 0.125;

  /// Share of its time that the busiest hand has to keep, or less, for cores to move.
  private static final double WORTH = 0.95;

  /// A hand that takes so many times as long as it should was interrupted.
  private static final double MOST_SLOWNESS = 4;

  private final int hands;

  /// Nanoseconds that a step of each core takes on the caller's thread, and what that does beside
  /// them.
  private final double[] nanos;

  private double beside;

  /// How many times as long as on the caller's thread alone things take on each thread when all are
  /// at work.
  private final double[] slowness;

  /// The hand that each core is in, and a better one.
  private final int[] hand;

  private final int[] better;

  /// Cores of each hand: their numbers, and how many.
  private final int[][] cores;

  private final int[] counts;

  // Scratch: cores by the time they take, the longest first, and the time of each hand.
  private final int[] order;
  private final double[] busy;

  /// @param count number of cores
  /// @param hands number of threads
  CoreDeal(int count, int hands) {
    this.hands = hands;
    nanos = new double[count];
    slowness = new double[hands];
    Arrays.fill(slowness, 1);
    hand = new int[count];
    better = new int[count];
    cores = new int[hands][count];
    counts = new int[hands];
    order = new int[count];
    busy = new double[hands];
    for (int core = 0; core < count; core++) {
      hand[core] = core % hands;
    }
    collect();
  }

  /// Number of cores in a hand.
  int count(int number) {
    return counts[number];
  }

  /// Numbers of the cores of a hand: the first `count` entries.
  int[] cores(int number) {
    return cores[number];
  }

  /// A step of a core took some time on the caller's thread.
  void took(int core, long time) {
    nanos[core] = mean(nanos[core], time);
  }

  /// What the caller's thread, which has hand 0, does beside its cores took some time.
  void tookBeside(long time) {
    beside = mean(beside, time);
  }

  /// A step of all that a hand has to do took some time on its own thread, beside the others.
  void handTook(int number, long time) {
    double expected = number == 0 ? beside : 0;
    for (int i = 0; i < counts[number]; i++) {
      expected += nanos[cores[number][i]];
    }
    if (expected > 0) {
      double times = Math.min(time / expected, MOST_SLOWNESS);
      slowness[number] += NEW * (times - slowness[number]);
    }
  }

  private static double mean(double before, long time) {
    return before == 0 ? time : before + NEW * (time - before);
  }

  /// Moves every core to the next hand.
  void turn() {
    for (int core = 0; core < hand.length; core++) {
      hand[core] = (hand[core] + 1) % hands;
    }
    collect();
  }

  /// Deals anew if that makes the busiest hand less busy: the core that takes longest goes first,
  /// each to the hand that is done with it first.
  void improve() {
    sort();
    clearBusy();
    for (int core : order) {
      int first = 0;
      for (int h = 1; h < hands; h++) {
        first = done(h, core) < done(first, core) ? h : first;
      }
      better[core] = first;
      busy[first] = done(first, core);
    }
    if (busiest(better) < WORTH * busiest(hand)) {
      System.arraycopy(better, 0, hand, 0, hand.length);
      collect();
    }
  }

  /// When a hand is done if it gets one core more.
  private double done(int number, int core) {
    return busy[number] + nanos[core] * slowness[number];
  }

  private void sort() {
    for (int core = 0; core < order.length; core++) {
      int place = core;
      for (; place > 0 && nanos[order[place - 1]] < nanos[core]; place--) {
        order[place] = order[place - 1];
      }
      order[place] = core;
    }
  }

  private double busiest(int[] deal) {
    clearBusy();
    double most = busy[0];
    for (int core = 0; core < deal.length; core++) {
      busy[deal[core]] = done(deal[core], core);
      most = Math.max(most, busy[deal[core]]);
    }
    return most;
  }

  private void clearBusy() {
    Arrays.fill(busy, 0);
    busy[0] = beside * slowness[0];
  }

  private void collect() {
    Arrays.fill(counts, 0);
    for (int core = 0; core < hand.length; core++) {
      int h = hand[core];
      cores[h][counts[h]++] = core;
    }
  }
}
