package engram.client;

import com.google.protobuf.UnsafeByteOperations;
import engram.protocol.v1.SamplesRequest;
import java.util.Arrays;

/// Samples that go into one frame, gathered.
final class SampleBatch {
  /// Samples that fill a batch.
  static final int MOST_SAMPLES = 64;

  private static final int MOST_BYTES = 1 << 18;

  private final int sampleBytes;
  private final int width;
  private final SamplesRequest.Builder request = SamplesRequest.newBuilder();
  private byte[] values;
  private int count;
  private boolean labelled;

  /// @param sampleBytes bytes of each sample
  /// @param width bytes of each value
  SampleBatch(int sampleBytes, int width) {
    this.sampleBytes = sampleBytes;
    this.width = width;
    values = new byte[Math.multiplyExact(4, sampleBytes)];
  }

  int count() {
    return count;
  }

  int width() {
    return width;
  }

  boolean isFull() {
    return count >= MOST_SAMPLES || (long) count * sampleBytes >= MOST_BYTES;
  }

  void add(byte[] from, int offset, int label) {
    int at = count * sampleBytes;
    if (at + sampleBytes > values.length) {
      values = Arrays.copyOf(values, 2 * values.length);
    }
    System.arraycopy(from, offset, values, at, sampleBytes);
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
        .setValues(UnsafeByteOperations.unsafeWrap(values, 0, count * sampleBytes));
  }
}
