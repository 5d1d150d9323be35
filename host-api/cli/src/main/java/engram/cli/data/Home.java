package engram.cli.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where this installation keeps things.
public final class Home {
  private Home() {}

  /// Folders that hold data sets, a folder each: the user's own first, then what came with Engram.
  static List<Path> dataFolders() {
    var folders = new ArrayList<Path>();
    folders.add(userData());
    String home = System.getProperty("engram.home");
    if (home != null) {
      folders.add(Path.of(home, "firmware-models", "data"));
      folders.add(Path.of(home, "data"));
    }
    return folders;
  }

  /// Where `engram serve` keeps clients' files.
  public static Path serverData() {
    return Path.of(System.getProperty("user.home"), ".engram", "server");
  }

  /// Where `engram data fetch` puts data sets: `ENGRAM_DATA`, else `.engram/data` of the user.
  static Path userData() {
    String own = System.getenv("ENGRAM_DATA");
    return own != null && !own.isBlank()
        ? Path.of(own)
        : Path.of(System.getProperty("user.home"), ".engram", "data");
  }
}
