package engram.isa.exec;

import engram.isa.NumberFormat;

/// One word of every synapse of a block, in the narrowest Java array that holds it.
public sealed interface SynapseColumn {
  int get(int synapse);

  void set(int synapse, int value);

  int length();

  /// Bytes of host memory that it takes.
  long bytes();

  /// Room for `synapses` words.
  static SynapseColumn of(NumberFormat format, int synapses) {
    int bits = format.signed() ? format.bits() : format.bits() + 1;
    int room = Padding.places(synapses);
    if (bits <= 8) {
      return new Bytes(new byte[room], synapses);
    }
    return bits <= 16 ? new Shorts(new short[room], synapses) : new Ints(new int[room], synapses);
  }

  /// Room for the weights of a dense layout that no program changes: those of up to 4 bits lie
  /// packed.
  static SynapseColumn fixed(NumberFormat format, SynapseLayout layout) {
    return layout instanceof SynapseLayout.Dense dense && format.bits() <= PackedWeights.MOST_BITS
        ? new Packed(new PackedWeights(format, dense.rows(), dense.lanes()))
        : of(format, layout.places());
  }

  /// Weights of up to 4 bits.
  record Packed(PackedWeights weights) implements SynapseColumn {
    @Override
    public int get(int synapse) {
      return weights.get(synapse / weights.lanes(), synapse % weights.lanes());
    }

    @Override
    public void set(int synapse, int value) {
      weights.set(synapse / weights.lanes(), synapse % weights.lanes(), value);
    }

    @Override
    public int length() {
      return weights.rows() * weights.lanes();
    }

    @Override
    public long bytes() {
      return weights.bytes().length;
    }
  }

  /// Words of up to 8 bits.
  ///
  /// @param values longer than `length`, for vectors that reach over the end
  record Bytes(byte[] values, int length) implements SynapseColumn {
    @Override
    public int get(int synapse) {
      return values[synapse];
    }

    @Override
    public void set(int synapse, int value) {
      values[synapse] = (byte) value;
    }

    @Override
    public long bytes() {
      return values.length;
    }
  }

  /// Words of up to 16 bits.
  record Shorts(short[] values, int length) implements SynapseColumn {
    @Override
    public int get(int synapse) {
      return values[synapse];
    }

    @Override
    public void set(int synapse, int value) {
      values[synapse] = (short) value;
    }

    @Override
    public long bytes() {
      return 2L * values.length;
    }
  }

  /// Words of up to 32 bits.
  record Ints(int[] values, int length) implements SynapseColumn {
    @Override
    public int get(int synapse) {
      return values[synapse];
    }

    @Override
    public void set(int synapse, int value) {
      values[synapse] = value;
    }

    @Override
    public long bytes() {
      return 4L * values.length;
    }
  }
}
