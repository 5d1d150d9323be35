package engram.isa.image;

import engram.isa.NumberFormat;
import engram.isa.ProgramKind;
import engram.isa.exec.SparseRows;
import engram.isa.exec.SynapseLayout;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.verify.VerifiedProgram;

/// How many 64-bit words things take in a core's memories. Values of one width lie side by side,
/// `floor(64 / width)` to a word; every symbol, and every row of synapses, starts at a new word.
public final class MemoryModel {
  /// Bits of an event's payload.
  public static final int PAYLOAD_BITS = 16;

  private MemoryModel() {}

  /// Words that `count` values of a width take.
  public static long words(int bits, long count) {
    int perWord = perWord(bits);
    return (count + perWord - 1) / perWord;
  }

  /// Values of a width that fit a word.
  public static int perWord(int bits) {
    return 64 / bits;
  }

  /// State memory of neurons, history included.
  public static long neuronWords(Program neuron, int lanes) {
    return neuron.symbols().stream().mapToLong(s -> symbolWords(neuron, s, lanes)).sum();
  }

  /// Synapse memory of rows: the row program's fields, and arrivals that learning looks back at.
  ///
  /// @param oldestArrival how many steps back; -1 if nothing does
  public static long rowWords(Program rowProgramOrNull, int oldestArrival, int rows) {
    long own =
        rowProgramOrNull == null
            ? 0
            : rowProgramOrNull.symbols().stream()
                .mapToLong(s -> symbolWords(rowProgramOrNull, s, rows))
                .sum();
    return own + (oldestArrival + 1) * words(PAYLOAD_BITS, rows);
  }

  private static long symbolWords(Program program, Symbol symbol, int lanes) {
    return switch (symbol.role()) {
      case FIELD, PARAM, ACCUMULATOR, STREAM ->
          symbol.history()
              * words(Math.max(symbol.format().bits(), 1), lanes)
              * (program.kind() == ProgramKind.ROW && symbol.role() == SymbolRole.ACCUMULATOR
                  ? 2
                  : 1);
      default -> 0;
    };
  }

  /// State memory for the past of the registers that a slice sees: lag and age decide how far back.
  public static long registerWords(VerifiedProgram program, int lag) {
    long words = words(64, lag + 1 + program.program().originAge());
    var symbols = program.program().symbols();
    for (int slot = 0; slot < symbols.size(); slot++) {
      if (symbols.get(slot).role() == SymbolRole.GLOBAL) {
        words += words(symbols.get(slot).format().bits(), lag + 1 + program.oldestRead(slot));
      }
    }
    return words;
  }

  /// Width of a stored synapse, its target index included where the layout lists targets.
  public static int synapseBits(SynapseLayout layout, int wordBits) {
    return layout instanceof SparseRows sparse ? wordBits + indexBits(sparse.lanes()) : wordBits;
  }

  /// Bits that number so many lanes.
  public static int indexBits(int lanes) {
    return Math.max(1, 32 - Integer.numberOfLeadingZeros(lanes - 1));
  }

  /// Words that are read to go through one row.
  public static long rowSynapseWords(SynapseLayout layout, int row, int wordBits) {
    long weights = words(synapseBits(layout, wordBits), stored(layout, row));
    return layout instanceof SynapseLayout.Shared shared
        ? weights + words(entryBits(shared), shared.live(row))
        : weights;
  }

  /// Synapses of a row that take room, whether they exist or not.
  private static int stored(SynapseLayout layout, int row) {
    return layout instanceof SynapseLayout.Dense dense ? dense.lanes() : layout.live(row);
  }

  /// Width of an entry of a shared pattern: offset and number of the weight.
  private static int entryBits(SynapseLayout.Shared shared) {
    return indexBits(shared.lanes()) + indexBits(shared.weights());
  }

  /// Synapse memory of a block: weights, tags, and what says where they are.
  public static long blockWords(
      SynapseLayout layout, NumberFormat weights, Program synapseProgramOrNull) {
    int[] tags = tagBits(synapseProgramOrNull);
    return switch (layout) {
      case SynapseLayout.Dense dense -> {
        long row = words(weights.bits(), dense.lanes());
        row += tagWords(tags, dense.lanes());
        row += dense.mask() == null ? 0 : words(1, dense.lanes());
        yield dense.rows() * row;
      }
      case SparseRows sparse -> {
        long all = sparse.rows();
        for (int row = 0; row < sparse.rows(); row++) {
          all += rowSynapseWords(sparse, row, weights.bits());
          all += tagWords(tags, sparse.live(row));
        }
        yield all;
      }
      case SynapseLayout.Shared shared -> {
        long all = shared.rows() + words(weights.bits(), shared.weights());
        for (int p = 0; p + 1 < shared.starts().length; p++) {
          all += words(entryBits(shared), shared.starts()[p + 1] - shared.starts()[p]);
        }
        yield all;
      }
    };
  }

  private static int[] tagBits(Program synapseProgramOrNull) {
    return synapseProgramOrNull == null
        ? new int[0]
        : synapseProgramOrNull.symbols(SymbolRole.TAG).stream()
            .mapToInt(tag -> tag.format().bits())
            .toArray();
  }

  private static long tagWords(int[] tagBits, int synapses) {
    long all = 0;
    for (int bits : tagBits) {
      all += words(bits, synapses);
    }
    return all;
  }
}
