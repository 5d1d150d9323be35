package engram.cli.client;

import engram.cli.common.CommandException;
import engram.cli.common.TextFile;
import engram.client.Code;
import engram.client.EngramException;
import engram.client.Firmware;
import engram.client.RemoteChip;
import engram.firmware.network.Network;
import engram.firmware.network.NetworkFile;
import engram.firmware.network.Population;
import engram.firmware.network.ProgramRef;
import engram.firmware.network.Projection;
import engram.protocol.v1.LoadResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A file that a chip can be loaded with: a network description, with the programs beside it that
/// it names as `./NAME`, or a chip image.
final class FirmwareFile {
  private static final byte[] IMAGE = "ENGRAMIM".getBytes(StandardCharsets.US_ASCII);
  private static final String OWN = "./";

  /// Longer images travel in pieces; frames are shorter than 16 MiB.
  private static final int MOST_INLINE_BYTES = 4 << 20;

  private final Path file;

  /// Null: a network.
  private final byte[] image;

  private final String yaml;
  private final Map<String, String> programs;

  private FirmwareFile(Path file, byte[] image, String yaml, Map<String, String> programs) {
    this.file = file;
    this.image = image;
    this.yaml = yaml;
    this.programs = programs;
  }

  /// Reads a file; what is wrong with a description is told before there is a server.
  static FirmwareFile read(Path file) throws IOException {
    if (Files.isRegularFile(file) && isImage(file)) {
      return new FirmwareFile(file, Files.readAllBytes(file), "", Map.of());
    }
    String yaml = TextFile.read(file);
    return new FirmwareFile(
        file, null, yaml, ownPrograms(file, NetworkFile.read(file.toString(), yaml)));
  }

  private static boolean isImage(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(IMAGE.length), IMAGE);
    }
  }

  private static Map<String, String> ownPrograms(Path file, Network network) throws IOException {
    var programs = new TreeMap<String, String>();
    var named =
        Stream.concat(
                network.populations().stream().map(Population::program),
                network.projections().stream()
                    .flatMap(
                        (Projection p) -> Stream.of(p.row(), p.learn()).filter(Objects::nonNull)))
            .filter(Objects::nonNull)
            .map(ProgramRef::name)
            .filter(name -> name.startsWith(OWN))
            .map(name -> name.substring(OWN.length()))
            .toList();
    for (String name : named) {
      if (!programs.containsKey(name)) {
        programs.put(name, TextFile.read(file.resolveSibling(name + ".s")));
      }
    }
    return programs;
  }

  /// Loads a chip, or has the server check only.
  LoadResponse load(RemoteChip chip, boolean verifyOnly) throws IOException {
    try {
      if (image == null) {
        return load(chip, Firmware.network(yaml, programs), verifyOnly);
      }
      if (image.length <= MOST_INLINE_BYTES) {
        return load(chip, Firmware.image(image), verifyOnly);
      }
      try (var copy = new StoreCopy(chip.store())) {
        copy.store().upload(copy.name(), new ByteArrayInputStream(image));
        return load(chip, Firmware.stored(copy.name()), verifyOnly);
      }
    } catch (EngramException e) {
      // What is wrong with the file's content is no misuse of the command.
      if (e.code() == Code.INVALID_ARGUMENT) {
        throw CommandException.failed(file + ": " + e.getMessage());
      }
      throw e;
    }
  }

  private static LoadResponse load(RemoteChip chip, Firmware firmware, boolean verifyOnly) {
    return verifyOnly ? chip.verify(firmware) : chip.load(firmware);
  }

  /// Says on standard error what a user should know of what was loaded.
  static void remark(LoadResponse loaded) {
    loaded.getRemarksList().forEach(r -> System.err.println("engram: note: " + r));
    loaded.getWarningsList().forEach(w -> System.err.println("engram: warning: " + w));
  }
}
