package engram.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A page of documentation, cut into what tests look at.
///
/// @param blocks fenced code, from top to bottom
/// @param anchors what a link can point at behind a `#`
record Page(Path file, List<Block> blocks, Set<String> anchors, List<Link> links) {
  /// The checkout.
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /// Pages that must be there.
  static final List<String> MANUALS =
      List.of(
          "chip.md",
          "events.md",
          "firmware.md",
          "host-api.md",
          "isa.md",
          "random.md",
          "speed.md",
          "ssnn-bp.md");

  private static final Pattern FENCE = Pattern.compile("\\s*```\\s*(\\S*)\\s*(\\S*)\\s*");
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");

  /// @param line of the fence, from 1
  /// @param language first word behind the fence
  /// @param mark second word behind the fence
  record Block(int line, String language, String mark, String text) {}

  record Link(int line, String target) {}

  static Page read(Path file) {
    var blocks = new ArrayList<Block>();
    var anchors = new HashSet<String>();
    var links = new ArrayList<Link>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      var fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int start = i + 1;
        var text = new StringBuilder();
        for (i = start; !lines.get(i).strip().equals("```"); i++) {
          text.append(lines.get(i)).append('\n');
        }
        blocks.add(new Block(start, fence.group(1), fence.group(2), text.toString()));
      } else if (lines.get(i).matches("#+ .*")) {
        addAnchor(lines.get(i).replaceFirst("#+ ", ""), anchors);
      } else {
        var link = LINK.matcher(lines.get(i).replaceAll("`[^`]*`", ""));
        while (link.find()) {
          links.add(new Link(i + 1, link.group(1)));
        }
      }
    }
    return new Page(file, blocks, anchors, links);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A heading's anchor as code hosts make it.
  private static void addAnchor(String heading, Set<String> anchors) {
    String anchor =
        heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").strip().replace(' ', '-');
    String unique = anchor;
    for (int twin = 1; !anchors.add(unique); twin++) {
      unique = anchor + "-" + twin;
    }
  }

  /// The front page and all manuals.
  static List<Page> manuals() {
    return Stream.concat(
            Stream.of(ROOT.resolve("README.md")).filter(Files::exists),
            inDocs(ROOT.resolve("docs")))
        .map(Page::read)
        .toList();
  }

  /// Every page of the checkout that people read.
  static List<Page> all() {
    var top =
        Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
            .map(ROOT::resolve)
            .filter(Files::exists);
    return Stream.concat(top, inDocs(ROOT.resolve("docs"))).map(Page::read).toList();
  }

  private static Stream<Path> inDocs(Path docs) {
    try (var files = Files.list(docs)) {
      return files.filter(f -> f.toString().endsWith(".md")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The page of a name in `docs`.
  static Page manual(String name) {
    return read(ROOT.resolve("docs").resolve(name));
  }

  /// The rows of the only table whose header has these cells; cells are without backticks.
  List<List<String>> table(String... header) {
    var tables = tables(header);
    if (tables.size() != 1) {
      throw new AssertionError(
          "%s: tables with the header %s: %d (expected: 1)"
              .formatted(this, List.of(header), tables.size()));
    }
    return tables.getFirst();
  }

  /// The rows of each table whose header has these cells.
  List<List<List<String>>> tables(String... header) {
    var lines = lines(file);
    var tables = new ArrayList<List<List<String>>>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("|") && cells(lines.get(i)).equals(List.of(header))) {
        tables.add(
            lines.stream()
                .skip(i + 2L)
                .takeWhile(l -> l.startsWith("|"))
                .map(Page::cells)
                .toList());
      }
    }
    return tables;
  }

  private static List<String> cells(String row) {
    var cells = row.replace("`", "").split("\\|", -1);
    return Stream.of(cells).skip(1).limit(cells.length - 2L).map(String::strip).toList();
  }

  @Override
  public String toString() {
    return ROOT.relativize(file).toString();
  }
}
