package engram.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import engram.cli.common.CommandException;
import engram.cli.common.OwnJava;
import java.io.IOException;
import java.util.List;

/// Takes a measurement in a Java virtual machine of its own, with the options of this one: what a
/// program meets that has just been started.
final class OwnProcess {
  /// What Java says of every start with the Vector API.
  private static final String REMARK = "WARNING: Using incubator modules";

  private OwnProcess() {}

  /// @param name of the case and the variant
  static JsonNode run(String name, Setting setting) throws IOException {
    var command = OwnJava.command("bench", "--in-process", "--json", "--case", name);
    command.addAll(List.of("--threads", String.valueOf(setting.threads())));
    command.addAll(List.of("--rounds", String.valueOf(setting.rounds())));
    command.addAll(List.of("--scale", String.valueOf(setting.scale())));
    if (setting.quick()) {
      command.add("--quick");
    }
    var process = new ProcessBuilder(command).start();
    var orphan = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(orphan);
    var errors = Thread.ofVirtual().start(() -> forward(process, name));
    try {
      String line = CProgram.output("case " + name, process);
      errors.join();
      return Measurement.JSON.readTree(line).path("results").path(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted");
    } finally {
      Runtime.getRuntime().removeShutdownHook(orphan);
    }
  }

  /// Passes on what the process says of faults.
  private static void forward(Process process, String name) {
    try (var lines = process.errorReader()) {
      lines
          .lines()
          .filter(line -> !line.startsWith(REMARK) && !line.startsWith(name))
          .forEach(System.err::println);
    } catch (IOException e) {
      System.err.println("engram: " + e.getMessage());
    }
  }
}
