package engram.cli.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A copy of the launcher with a few sources around it, in a world of its own: its PATH has the
/// usual tools and a Maven that only pretends, `/usr`, `/opt` and `/Library` are folders below it.
final class Checkout {
  private static final List<String> TOOLS =
      List.of(
          "awk",
          "basename",
          "cat",
          "cp",
          "cut",
          "date",
          "dirname",
          "env",
          "find",
          "flock",
          "grep",
          "kill",
          "ls",
          "mkdir",
          "mkfifo",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "rmdir",
          "sed",
          "sh",
          "sha256sum",
          "sleep",
          "sort",
          "stty",
          "tail",
          "touch");

  final Path world;
  final Path home;
  final Path bin;
  final Path root;
  private final Map<String, String> environment = new HashMap<>();

  /// @param root where the launcher and its sources lie
  Checkout(Path world, Path root) throws IOException {
    this.world = world;
    this.root = root;
    home = Files.createDirectories(world.resolve("home"));
    bin = Files.createDirectories(world.resolve("bin"));
    for (String tool : TOOLS) {
      for (Path place : List.of(Path.of("/usr/bin"), Path.of("/bin"))) {
        if (Files.isExecutable(place.resolve(tool)) && !Files.exists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), place.resolve(tool));
        }
      }
    }
    environment.put("PATH", bin.toString());
    environment.put("HOME", home.toString());
    Files.createDirectories(root);
    // The launcher itself, but for the folders of the system.
    String launcher = Files.readString(repository().resolve("engram"));
    for (String folder : List.of("/usr/lib/jvm", "/usr/local", "/usr/java", "/opt", "/Library")) {
      launcher = launcher.replace(" " + folder, " \"" + world + "\"" + folder);
    }
    script(root.resolve("engram"), launcher.replaceFirst("#!/bin/sh\n", ""));
  }

  /// The top of this repository.
  static Path repository() {
    return Path.of(System.getProperty("basedir", "."), "../..").toAbsolutePath().normalize();
  }

  /// Writes a program.
  static Path script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.writeString(file, "#!/bin/sh\n" + text);
    file.toFile().setExecutable(true);
    return file;
  }

  /// Adds sources, and a Maven that notes how it is called and leaves what a build leaves.
  Checkout withSources() throws IOException {
    write("pom.xml", "<project/>");
    for (String module : List.of("isa", "emulator", "firmware-models", "host-api/cli")) {
      write(module + "/pom.xml", module);
      write(module + "/src/main/java/A.java", "class A {}");
      write(module + "/src/test/java/ATest.java", "class ATest {}");
    }
    write("host-api/pom.xml", "host-api");
    write("firmware-models/src/main/resources/engram/lif.s", ".program neuron lif");
    write("firmware-models/data/mnist/images", "pixels");
    write("docs/isa.md", "# Instructions");
    maven(
        """
        echo "$* with $JAVA_HOME" >>'%1$s/maven.log'
        lib='%2$s/host-api/cli/target/lib'
        mkdir -p "$lib"
        echo jar >"$lib/library.jar"
        echo jar >'%2$s/host-api/cli/target/cli-0.1.0.jar'
        """
            .formatted(world, root));
    return this;
  }

  /// Lets Maven be another program.
  void maven(String text) throws IOException {
    script(bin.resolve("mvn"), text);
  }

  void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  /// Makes a JDK whose `java` tells that it ran and with what.
  Path jdk(Path folder, String version) throws IOException {
    return jdk(folder, version, "java.base jdk.incubator.vector jdk.compiler");
  }

  Path jdk(Path folder, String version, String modules) throws IOException {
    script(
        folder.resolve("bin/java"),
        "echo \"java of %s\"\nfor a in \"$@\"; do printf '<%%s>\\n' \"$a\"; done\n"
            .formatted(folder.getFileName()));
    script(folder.resolve("bin/javac"), "");
    Files.writeString(
        folder.resolve("release"),
        "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"%s\"\nMODULES=\"%s\"\n".formatted(version, modules));
    return folder;
  }

  Checkout set(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /// The call of a program in this world.
  ProcessBuilder call(Object... words) {
    var builder = new ProcessBuilder(Stream.of(words).map(String::valueOf).toList());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(world.toFile());
    return builder;
  }

  /// The call of the launcher.
  ProcessBuilder launcher(Object... arguments) {
    var words = new ArrayList<Object>(List.of(root.resolve("engram")));
    words.addAll(List.of(arguments));
    return call(words.toArray());
  }

  /// How Maven was called, a line each.
  List<String> builds() throws IOException {
    Path log = world.resolve("maven.log");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
