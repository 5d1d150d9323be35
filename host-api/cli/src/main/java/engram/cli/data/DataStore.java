package engram.cli.data;

import engram.firmware.data.DataException;
import engram.firmware.data.DataSet;
import engram.firmware.data.DataSet.Part;
import engram.firmware.data.DataSets;
import engram.firmware.data.Idx;
import engram.firmware.data.LabelledImages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Data sets on this machine: those that Engram knows by name, and any folder with IDX files. A
/// file is taken only when its hash is what the catalogue, or the folder's own list, says.
public final class DataStore {
  private final List<Path> folders;

  public DataStore() {
    this(Home.dataFolders());
  }

  DataStore(List<Path> folders) {
    this.folders = folders;
  }

  /// The training and the test images of a data set.
  ///
  /// @param name by which they can be loaded again, from anywhere
  public record Loaded(String name, LabelledImages train, LabelledImages test) {
    /// Number of classes that the labels of both name.
    public int classes() {
      return Math.max(train.classes(), test.classes());
    }
  }

  /// The folder that a known set is in, if it is on this machine.
  Optional<Path> folder(DataSet set) {
    return folders.stream()
        .map(f -> f.resolve(set.name()))
        .filter(f -> set.files().stream().allMatch(name -> DataFiles.find(f, name) != null))
        .findFirst();
  }

  /// Names of the sets that were fetched without being in the catalogue, and where they are.
  SortedMap<String, Path> others() throws IOException {
    var others = new TreeMap<String, Path>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (var sets = Files.newDirectoryStream(folder)) {
          for (Path set : sets) {
            String name = set.getFileName().toString();
            if (isName(name)
                && DataSets.named(name).isEmpty()
                && Files.isRegularFile(set.resolve(DataFiles.SUMS))) {
              others.putIfAbsent(name, set);
            }
          }
        }
      }
    }
    return others;
  }

  /// True for what a fetched set may be called.
  static boolean isName(String name) {
    return name.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
  }

  /// Loads a set by name, or from a folder.
  ///
  /// @throws IllegalArgumentException if it is neither a known name nor a folder
  /// @throws DataException if it is missing, damaged, or inconsistent
  public Loaded load(String name) throws IOException {
    var known = DataSets.named(name);
    if (known.isPresent()) {
      var set = known.get();
      Path folder =
          folder(set)
              .orElseThrow(() ->
                  new DataException(
                      "data set %s is not on this machine; to get it: %s"
                          .formatted(name, set.source())));
      return load(name, folder, set.files(), sums(set, folder), set.transposed());
    }
    Path folder = Path.of(name);
    if (Files.isDirectory(folder)) {
      Path whole = folder.toAbsolutePath().normalize();
      return load(whole.toString(), whole, idxFiles(whole), requiredSums(whole), false);
    }
    Path fetched = others().get(name);
    if (fetched == null) {
      throw new IllegalArgumentException(
          "data set: %s (expected: one of %s, or a folder with IDX files); engram data list tells more"
              .formatted(
                  name,
                  Stream.concat(
                          DataSets.ALL.stream().map(DataSet::name), others().keySet().stream())
                      .collect(Collectors.joining(", "))));
    }
    return load(name, fetched, idxFiles(fetched), requiredSums(fetched), false);
  }

  private static Map<String, String> sums(DataSet set, Path folder) throws IOException {
    return set.sha256().isEmpty() ? requiredSums(folder) : set.sha256();
  }

  private static Map<String, String> requiredSums(Path folder) throws IOException {
    var sums = DataFiles.sums(folder);
    if (sums.isEmpty()) {
      throw new DataException(
          "%s: there is no %s with the hashes of the unpacked files; if you trust them: cd %s && sha256sum *-ubyte > %s"
              .formatted(folder, DataFiles.SUMS, folder, DataFiles.SUMS));
    }
    return sums;
  }

  private static List<String> idxFiles(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return DataFiles.idxFiles(
          folder.toString(),
          files
              .map(f -> f.getFileName().toString().replaceFirst("\\.gz$", ""))
              .distinct()
              .toList());
    }
  }

  private static Loaded load(
      String name, Path folder, List<String> files, Map<String, String> sums, boolean transposed)
      throws IOException {
    var train = images(name, folder, files, sums, Part.TRAIN_IMAGES, Part.TRAIN_LABELS);
    var test = images(name, folder, files, sums, Part.TEST_IMAGES, Part.TEST_LABELS);
    if (train.width() != test.width() || train.height() != test.height()) {
      throw new DataException(
          "%s: test images: %d x %d (expected: %d x %d, as in training)"
              .formatted(name, test.width(), test.height(), train.width(), train.height()));
    }
    return new Loaded(
        name, transposed ? train.transposed() : train, transposed ? test.transposed() : test);
  }

  private static LabelledImages images(
      String name,
      Path folder,
      List<String> files,
      Map<String, String> sums,
      Part images,
      Part labels)
      throws IOException {
    return LabelledImages.of(
        name,
        idx(folder, files.get(images.ordinal()), sums),
        idx(folder, files.get(labels.ordinal()), sums));
  }

  private static Idx idx(Path folder, String name, Map<String, String> sums) throws IOException {
    Path file = DataFiles.find(folder, name);
    if (file == null) {
      throw new DataException(folder.resolve(name) + ": no such file, gzipped or not");
    }
    byte[] bytes = DataFiles.unpacked(Files.readAllBytes(file), file.toString());
    var idx = Idx.read(new ByteArrayInputStream(bytes), file.toString());
    String expected = sums.get(name);
    if (expected == null) {
      throw new DataException(folder.resolve(DataFiles.SUMS) + ": no hash of " + name);
    }
    DataFiles.require(file.toString(), "SHA-256", expected, bytes);
    return idx;
  }
}
