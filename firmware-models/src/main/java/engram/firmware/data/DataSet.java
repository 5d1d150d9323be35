package engram.firmware.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A data set that Engram knows: what it is, which files it has, what they must hash to.
///
/// @param title what it is, in a line
/// @param terms licence or terms, as commonly stated
/// @param files the four IDX files without `.gz`, in the order of `Part`
/// @param sha256 of each unpacked file, by name; empty if only the archive's digest is published
/// @param archive archive that the files come in, where they do
/// @param transposed images lie on their side: rows and columns are exchanged on reading
/// @param source how to get it
public record DataSet(
    String name,
    String title,
    String terms,
    List<String> files,
    Map<String, String> sha256,
    Optional<Archive> archive,
    boolean transposed,
    String source) {

  /// The files of a data set.
  public enum Part {
    TRAIN_IMAGES,
    TRAIN_LABELS,
    TEST_IMAGES,
    TEST_LABELS
  }

  /// An archive that holds the files gzipped, with its published MD5.
  ///
  /// @param folder inside the archive
  public record Archive(String file, String md5, String folder) {}

  public DataSet {
    files = List.copyOf(files);
    sha256 = Map.copyOf(sha256);
  }

  public String file(Part part) {
    return files.get(part.ordinal());
  }
}
