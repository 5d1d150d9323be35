package engram.events;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The formats of event files that Engram knows.
public final class EventFormats {
  /// All of them, in the order in which they are listed.
  public static final List<EventFormat> ALL =
      List.of(
          new ColumnFormat(),
          PixelFormat.N_MNIST,
          PixelFormat.SLAYER,
          new CsvFormat(),
          new Aedat4Format());

  private EventFormats() {}

  /// @throws EventFormatException if there is no such format
  public static EventFormat named(String name) {
    return find(
        f -> f.name().equals(name),
        "format: " + name,
        ALL.stream().map(EventFormat::name).collect(Collectors.joining(", ")));
  }

  /// The format of a file by the extension of its name, in any case of letters.
  ///
  /// @throws EventFormatException if no format has it
  public static EventFormat ofFile(String file) {
    String extension = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return find(
        f -> file.indexOf('.') >= 0 && f.extensions().contains(extension),
        file + ": extension",
        ALL.stream()
            .flatMap(f -> f.extensions().stream())
            .map(e -> "." + e)
            .collect(Collectors.joining(", ")));
  }

  private static EventFormat find(Predicate<EventFormat> which, String what, String known) {
    return ALL.stream()
        .filter(which)
        .findFirst()
        .orElseThrow(() -> new EventFormatException(what + " (expected: " + known + ")"));
  }
}
