package engram.cli.data;

import engram.cli.common.CommandException;
import engram.firmware.data.DataSet;
import engram.firmware.data.DataSets;
import java.io.IOException;
import java.util.stream.Collectors;
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
  int list() {
    var store = new DataStore();
    for (var set : DataSets.ALL) {
      System.out.printf("%-16s %s%n", set.name(), set.title());
      System.out.printf("%-16s terms: %s%n", "", set.terms());
      System.out.printf(
          "%-16s %s%n",
          "", store.folder(set).map(f -> "in " + f).orElse("not here; " + set.source()));
    }
    System.out.println(
        "Any folder with four IDX files and their " + DataFiles.SUMS + " is a data set, too.");
    return 0;
  }

  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      description = "Bring a data set to this machine, from a folder or a mirror.")
  int fetch(
      @Parameters(paramLabel = "NAME", description = "Name of a known data set.") String name,
      @Option(
              names = "--from",
              paramLabel = "FOLDER|URL",
              description =
                  "Where its files are; without it the mirror in the variable ENGRAM_MIRROR.")
          String from)
      throws IOException {
    var set =
        DataSets.named(name)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "data set: %s (expected: one of %s)"
                        .formatted(
                            name,
                            DataSets.ALL.stream()
                                .map(DataSet::name)
                                .collect(Collectors.joining(", ")))));
    String source = from != null ? from : System.getenv("ENGRAM_MIRROR");
    if (source == null) {
      var here = new DataStore().folder(set);
      if (here.isPresent()) {
        System.out.println(name + " is in " + here.get());
        return 0;
      }
      throw CommandException.usage(
          "no source for "
              + name
              + ": give --from FOLDER|URL or set ENGRAM_MIRROR. To get it: "
              + set.source());
    }
    System.out.println(name + " is in " + new DataFetcher(source, Home.userData()).fetch(set));
    return 0;
  }
}
