package engram.firmware.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The data sets that Engram knows by name.
public final class DataSets {
  private static final List<String> MNIST_FILES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  private static final DataSet MNIST =
      new DataSet(
          "mnist",
          "60,000 + 10,000 handwritten digits, 28 x 28 (LeCun, Cortes, Burges)",
          "CC BY-SA 3.0, as commonly stated",
          MNIST_FILES,
          Map.of(
              MNIST_FILES.get(0),
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
              MNIST_FILES.get(1),
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
              MNIST_FILES.get(2),
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
              MNIST_FILES.get(3),
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
          Optional.empty(),
          false,
          "comes with the repository, in firmware-models/data/mnist");

  private static final DataSet FASHION_MNIST =
      new DataSet(
          "fashion-mnist",
          "60,000 + 10,000 pictures of clothes, 28 x 28 (Xiao, Rasul, Vollgraf 2017)",
          "MIT",
          MNIST_FILES,
          Map.of(
              MNIST_FILES.get(0),
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
              MNIST_FILES.get(1),
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
              MNIST_FILES.get(2),
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
              MNIST_FILES.get(3),
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
          Optional.empty(),
          false,
          "install Debian's package dataset-fashion-mnist, then:"
              + " ./engram data fetch fashion-mnist --from /usr/share/datasets/fashion-mnist");

  private static final DataSet.Archive EMNIST_ARCHIVE =
      new DataSet.Archive("gzip.zip", "58c8d27c78d21e728a6bc7b3cc06412e", "gzip");

  /// All of them, in the order in which they are listed.
  public static final List<DataSet> ALL = all();

  private DataSets() {}

  private static List<DataSet> all() {
    var sets = new ArrayList<>(List.of(MNIST, FASHION_MNIST));
    for (var split : List.of("balanced", "digits", "letters", "mnist")) {
      String prefix = "emnist-" + split;
      sets.add(
          new DataSet(
              prefix,
              "EMNIST, split " + split + ", 28 x 28 (Cohen, Afshar, Tapson, van Schaik 2017)",
              "public domain (NIST)",
              List.of(
                  prefix + "-train-images-idx3-ubyte",
                  prefix + "-train-labels-idx1-ubyte",
                  prefix + "-test-images-idx3-ubyte",
                  prefix + "-test-labels-idx1-ubyte"),
              Map.of(),
              Optional.of(EMNIST_ARCHIVE),
              true,
              "get NIST's EMNIST archive gzip.zip (about 536 MB), then: ./engram data fetch "
                  + prefix
                  + " --from DIRECTORY_OF_IT"));
    }
    return List.copyOf(sets);
  }

  /// The set of a name, if Engram knows it.
  public static Optional<DataSet> named(String name) {
    return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
  }
}
