package engram.firmware.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// MNIST as it lies in the repository.
public final class TestData {
  private static final Path MNIST = Path.of("data/mnist");

  private TestData() {}

  public static LabelledImages mnistTraining() {
    return LabelledImages.of(
        "mnist", idx("train-images-idx3-ubyte"), idx("train-labels-idx1-ubyte"));
  }

  public static LabelledImages mnistTest() {
    return LabelledImages.of("mnist", idx("t10k-images-idx3-ubyte"), idx("t10k-labels-idx1-ubyte"));
  }

  private static Idx idx(String name) {
    try (var in = new GZIPInputStream(Files.newInputStream(MNIST.resolve(name + ".gz")))) {
      return Idx.read(in, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
