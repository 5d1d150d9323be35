package engram.cli.data;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.firmware.data.DataSets;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `engram data`: data sets.
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = "List data sets, or bring one to this machine.")
public final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "list or fetch is missing");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the data sets that Engram knows, and where they are.")
  int list() throws IOException {
    var store = new DataStore();
    for (var set : DataSets.ALL) {
      System.out.printf("%-16s %s%n", set.name(), set.title());
      System.out.printf("%-16s terms: %s%n", "", set.terms());
      System.out.printf(
          "%-16s %s%n",
          "", store.folder(set).map(f -> "in " + f).orElse("not here; " + set.source()));
    }
    store
        .others()
        .forEach((name, folder) ->
            System.out.printf("%-16s fetched by you%n%-16s in %s%n", name, "", folder));
    System.out.println(
        "Any folder with four IDX files and their " + DataFiles.SUMS + " is a data set, too.");
    return ExitCode.DONE;
  }

  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      description =
          "Bring a data set to this machine, from a folder or a mirror; it is taken only if all"
              + " hashes are right.",
      footer = {
        "",
        "A set that engram data list does not name needs a file SHA256SUMS beside its four IDX"
            + " files, with the hashes of the unpacked files."
      })
  int fetch(
      @Parameters(paramLabel = "NAME", description = "Name of a data set.") String name,
      @Option(
              names = "--from",
              paramLabel = "FOLDER|URL",
              description =
                  "Where its files are. Default: the folder NAME of the mirror that the variable"
                      + " ENGRAM_MIRROR names.")
          String from)
      throws IOException {
    var set = DataSets.named(name);
    String address = from != null ? from : mirror(name);
    if (address == null) {
      var here = set.flatMap(new DataStore()::folder);
      if (here.isPresent()) {
        System.out.println(name + " is in " + here.get());
        return ExitCode.DONE;
      }
      throw CommandException.usage(
          "no source for "
              + name
              + ": give --from FOLDER|URL or set ENGRAM_MIRROR"
              + set.map(s -> ". To get it: " + s.source()).orElse(""));
    }
    if (!DataStore.isName(name)) {
      throw CommandException.usage(
          "data set: " + name + " (expected: a name of letters, digits, dots, dashes)");
    }
    try (var source = new DataSource(address)) {
      var fetcher = new DataFetcher(source, Home.userData());
      Path folder = set.isPresent() ? fetcher.fetch(set.get()) : fetcher.fetch(name);
      System.out.println(name + " is in " + folder);
    }
    return ExitCode.DONE;
  }

  private static String mirror(String name) {
    String mirror = System.getenv("ENGRAM_MIRROR");
    return mirror == null || mirror.isBlank() ? null : mirror.replaceFirst("/*$", "/") + name;
  }
}
