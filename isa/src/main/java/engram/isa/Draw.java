package engram.isa;

/// Random bits as a pure function of what they are drawn for: no generator, no state, no order.
///
/// A draw belongs to (seed; kind; population or projection; clock; site; lane). All but the lane
/// are folded into a 64-bit key, once per instruction; a lane then costs two 32-bit
/// multiplications. `docs/random.md` has the definition, the test vectors and what was tested.
///
/// The 64-bit mixer is the finalizer of SplitMix64 (Steele, Lea, Flood 2014, variant 13 of
/// Stafford's); the multipliers of the 32-bit mixer are those of `lowbias32` in C. Wellons' hash
/// prospector (2018, improved constants of 2023).
public final class Draw {
  /// 2^32 divided by the golden ratio, odd: spreads source indices so that no two synapses of a
  /// projection share a lane, up to 32,768 sources by 82,466 targets or 262,144 by 11,547.
  public static final int SOURCE = 0x9e3779b1;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /// The multipliers of `bits`.
  public static final int FIRST = 0x21f0aaad;

  public static final int SECOND = 0xd35a2d97;

  /// What a draw is for.
  public enum Kind {
    NEURON,
    ROW,
    SYNAPSE,
    INIT,
    REWIRE,
    FLIP,
    LOSS
  }

  private Draw() {}

  /// Folds what never changes in a program: the seed, the kind, and the ordinal of the population
  /// or projection in order of declaration.
  public static long base(long seed, Kind kind, int ordinal) {
    long h = mix(seed + GOLDEN);
    return mix(h ^ ((long) (kind.ordinal() + 1) << 32 | ordinal));
  }

  /// Folds the clock into a base: once a step. The clock is the sample in the upper and the step
  /// within the sample in the lower 32 bits; without samples it is the timestep.
  public static long atClock(long base, long clock) {
    return mix(base + clock * GOLDEN);
  }

  /// Folds the site into a base with a clock: once an instruction. The site is the ordinal of the
  /// drawing instruction among those of its program.
  public static long atSite(long clocked, int site) {
    return mix(clocked ^ (site + 1) * GOLDEN);
  }

  /// The lane of a neuron or a row is its logical index; the lane of a synapse is this.
  public static int synapseLane(int source, int target) {
    return source * SOURCE + target;
  }

  /// The 32 random bits of a lane.
  public static int bits(long key, int lane) {
    int x = lane + (int) key;
    x = (x ^ (x >>> 16)) * FIRST;
    x = ((x ^ (x >>> 15)) + (int) (key >>> 32)) * SECOND;
    return x ^ (x >>> 15);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
