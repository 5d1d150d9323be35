package engram.client;

import com.google.protobuf.UnsafeByteOperations;
import engram.protocol.v1.SamplesRequest;

/// Samples that go into one frame, gathered.
final class SampleBatch {
  /// Samples that fill a batch.
  static final int MOST_SAMPLES = 64;

  private static final int MOST_BYTES = 1 << 18;

  private final int width;
  private final SamplesRequest.Builder request = SamplesRequest.newBuilder();
  private final byte[] values;
  private final int most;
  private int count;
  private int bytes;
  private boolean labelled;

  /// @param size values of each sample
  /// @param width bytes of each value: 1, 2 or 4
  SampleBatch(int size, int width) {
    this.width = width;
    int sampleBytes = Math.multiplyExact(size, width);
    most = Math.clamp(MOST_BYTES / sampleBytes, 1, MOST_SAMPLES);
    values = new byte[most * sampleBytes];
  }

  /// Bytes that hold the largest of some unsigned values.
  static int width(int[] values) {
    int any = 0;
    for (int value : values) {
      any |= value;
    }
    return (any & ~0xFF) == 0 ? Byte.BYTES : (any & ~0xFFFF) == 0 ? Short.BYTES : Integer.BYTES;
  }

  int count() {
    return count;
  }

  int width() {
    return width;
  }

  boolean isFull() {
    return count == most;
  }

  /// Adds a sample of bytes, whatever the width.
  void add(byte[] sample, int offset, int size, int label) {
    if (width == Byte.BYTES) {
      System.arraycopy(sample, offset, values, bytes, size);
      bytes += size;
    } else {
      for (int i = 0; i < size; i++) {
        put(sample[offset + i] & 0xFF);
      }
    }
    added(label);
  }

  /// Adds a sample whose values the width holds.
  void add(int[] sample, int label) {
    for (int value : sample) {
      put(value);
    }
    added(label);
  }

  private void put(int value) {
    for (int i = 0; i < width; i++) {
      values[bytes++] = (byte) (value >>> Byte.SIZE * i);
    }
  }

  private void added(int label) {
    request.addLabels(label);
    labelled |= label != Play.UNLABELLED;
    count++;
  }

  SamplesRequest.Builder toRequest() {
    if (!labelled) {
      request.clearLabels();
    }
    return request
        .setCount(count)
        .setValueBytes(width)
        .setValues(UnsafeByteOperations.unsafeWrap(values, 0, bytes));
  }
}
