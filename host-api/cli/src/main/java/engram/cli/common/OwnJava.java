package engram.cli.common;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The Java virtual machine that runs this, to be started once more.
public final class OwnJava {
  private OwnJava() {}

  /// The command line of `engram` in a process of its own, with the options of this one.
  public static List<String> command(String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "engram.cli.Main"));
    command.addAll(Arrays.asList(arguments));
    return command;
  }
}
