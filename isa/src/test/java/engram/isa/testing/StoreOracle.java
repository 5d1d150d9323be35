package engram.isa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import engram.isa.exec.LaneStore;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.math.BigInteger;
import java.util.Random;

/// The memory of the lanes of a neuron or row program, as it should be after a run: taken from a
/// `LaneStore` before it, then changed by the oracle.
public final class StoreOracle {
  private final Program program;
  private final LaneStore store;
  private final long step;

  /// By slot, age and lane; null where the store has no column of that sort.
  private final BigInteger[][][] values;

  private final BigInteger[][][] sums;

  public StoreOracle(LaneStore store, long step) {
    this.store = store;
    this.program = store.program();
    this.step = step;
    int slots = program.symbols().size();
    values = new BigInteger[slots][][];
    sums = new BigInteger[slots][][];
    for (int slot = 0; slot < slots; slot++) {
      int history = program.symbol(slot).history();
      if (store.ints(slot) != null || store.stream(slot) != null) {
        values[slot] = new BigInteger[history][store.lanes()];
      }
      if (store.sums(slot) != null) {
        sums[slot] = new BigInteger[2][store.lanes()];
      }
      for (int lane = 0; lane < store.lanes(); lane++) {
        for (int age = 0; values[slot] != null && age < history; age++) {
          values[slot][age][lane] = BigInteger.valueOf(held(slot, age, lane));
        }
        for (int age = 0; sums[slot] != null && age < 2; age++) {
          sums[slot][age][lane] = BigInteger.valueOf(sum(slot, age, lane));
        }
      }
    }
  }

  /// Fills a store with random values of all ages, events included; in the present step no lane has
  /// emitted.
  public static void randomise(LaneStore store, long step, Random random) {
    var program = store.program();
    for (int slot = 0; slot < program.symbols().size(); slot++) {
      var symbol = program.symbol(slot);
      if (store.ints(slot) != null) {
        int[] all = store.ints(slot).values();
        for (int i = 0; i < all.length; i++) {
          all[i] = symbol.format().saturate(Edges.mixed(random));
        }
      }
      if (store.sums(slot) != null) {
        long[] all = store.sums(slot).values();
        for (int i = 0; i < all.length; i++) {
          all[i] = random.nextLong() >> random.nextInt(64);
        }
      }
      for (int age = 1; store.stream(slot) != null && age <= symbol.history(); age++) {
        for (int lane = 0; lane < store.lanes(); lane++) {
          if (random.nextBoolean()) {
            store.stream(slot).emit(step - age, lane, random.nextInt(-300, 300));
          }
        }
      }
    }
  }

  private int held(int slot, int age, int lane) {
    var ints = store.ints(slot);
    return ints != null
        ? ints.values()[ints.at(step - age) + lane]
        : store.stream(slot).payload(step - age, lane);
  }

  private long sum(int slot, int age, int lane) {
    return store.sums(slot).values()[store.sums(slot).at(step - age) + lane];
  }

  public BigInteger load(int slot, int age, int lane) {
    return values[slot][age][lane];
  }

  /// A row's accumulator as the step before left it.
  public BigInteger loadSum(int slot, int lane) {
    return sums[slot][1][lane];
  }

  public void store(int slot, int lane, BigInteger value) {
    var symbol = program.symbol(slot);
    values[slot][0][lane] = Exact.narrow(value, symbol.format(), symbol.overflow());
  }

  public void emit(int slot, int lane, BigInteger payload) {
    boolean graded = program.symbol(slot).graded();
    values[slot][0][lane] = graded ? Exact.saturate(payload, 16) : BigInteger.ONE;
  }

  /// Row accumulators are 64 bits wide.
  public void add(int slot, int lane, BigInteger product) {
    sums[slot][0][lane] = Exact.wrap(sums[slot][0][lane].add(product), 64);
  }

  /// Holds the store against what it should be.
  public void check(String about) {
    for (int slot = 0; slot < values.length; slot++) {
      var symbol = program.symbol(slot);
      for (int lane = 0; lane < store.lanes(); lane++) {
        for (int age = 0; values[slot] != null && age < symbol.history(); age++) {
          if (held(slot, age, lane) != values[slot][age][lane].longValueExact()) {
            differ(
                about, symbol.name() + "@" + age, lane, held(slot, age, lane), values[slot][age]);
          }
        }
        for (int age = 0; sums[slot] != null && age < 2; age++) {
          if (sum(slot, age, lane) != sums[slot][age][lane].longValueExact()) {
            differ(about, "sum " + symbol.name(), lane, sum(slot, age, lane), sums[slot][age]);
          }
        }
      }
      if (symbol.role() == SymbolRole.STREAM) {
        checkPayloadFreeBits(slot, about);
      }
    }
  }

  /// An event with payload 0 is still an event, so the bits are looked at as well.
  private void checkPayloadFreeBits(int slot, String about) {
    var stream = store.stream(slot);
    for (int lane = 0; lane < store.lanes(); lane++) {
      if (values[slot][0][lane].signum() != 0) {
        assertThat(stream.get(step, lane)).as(about).isTrue();
      }
    }
  }

  private static void differ(String about, String what, int lane, long is, BigInteger[] expected) {
    throw new AssertionError(
        "%s, lane %d: %d (expected: %d) in%n%s".formatted(what, lane, is, expected[lane], about));
  }
}
