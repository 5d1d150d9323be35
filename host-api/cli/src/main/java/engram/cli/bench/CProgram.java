package engram.cli.bench;

import engram.cli.common.CommandException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A program in C, compiled here for this machine.
final class CProgram {
  private static final List<String> COMPILERS = List.of("gcc", "cc", "clang");

  private final Path program;

  private CProgram(Path program) {
    this.program = program;
  }

  /// The C compiler of this machine, if it has one.
  static Optional<Path> compiler() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return COMPILERS.stream()
        .flatMap(name ->
            Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Compiles a source file, as fast as the compiler can make it.
  ///
  /// @param folder takes the program
  static CProgram compile(Path compiler, Path source, Path folder) throws IOException {
    Path program = folder.resolve(source.getFileName().toString().replaceFirst("\\.c$", ""));
    run(
        List.of(
            compiler.toString(),
            "-O3",
            "-march=native",
            "-o",
            program.toString(),
            source.toString(),
            "-lm"));
    return new CProgram(program);
  }

  /// Starts it; its errors go where this program's go.
  Process start(Object... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(program.toString());
    Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Runs it to its end; returns what it prints.
  String run(Object... arguments) throws IOException {
    return output(program.getFileName().toString(), start(arguments));
  }

  private static void run(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (exitCode(process) != 0) {
      throw CommandException.failed(String.join(" ", command) + ":\n" + said.strip());
    }
  }

  /// Waits for a program's end; returns what it prints.
  static String output(String name, Process process) throws IOException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = exitCode(process);
    if (code != 0) {
      throw CommandException.failed("%s: exit code %d".formatted(name, code));
    }
    return said;
  }

  private static int exitCode(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted");
    }
  }
}
