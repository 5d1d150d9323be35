package engram.cli.isa;

import engram.cli.chip.SnapshotFile;
import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.isa.assembler.Disassembler;
import engram.isa.image.ImageCodec;
import engram.isa.image.ImageException;
import engram.isa.program.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `engram disasm`: programs back to source text.
@Command(
    name = "disasm",
    mixinStandardHelpOptions = true,
    description = "Print a program as source text: one that asm wrote, or all of a snapshot.")
public final class DisasmCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A file of asm -o, or a snapshot.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (var program : programs(bytes)) {
      System.out.println(Disassembler.disassemble(program));
    }
    return ExitCode.DONE;
  }

  private List<Program> programs(byte[] bytes) throws IOException {
    String magic = new String(bytes, 0, Math.min(8, bytes.length), StandardCharsets.US_ASCII);
    return switch (magic) {
      case "ENGRAMPG" -> List.of(program(bytes));
      case "ENGRAMSN" -> SnapshotFile.read(file).image().programs();
      default ->
          throw CommandException.failed(
              file
                  + ": no program of asm -o and no snapshot (it starts with neither ENGRAMPG nor"
                  + " ENGRAMSN)");
    };
  }

  private Program program(byte[] bytes) {
    try {
      return ImageCodec.decodeProgram(bytes);
    } catch (ImageException e) {
      throw CommandException.failed(
          "%s: %s; assemble it anew"
              .formatted(file, e.getMessage().replaceAll("\\s*\n\\s*", ": ")));
    }
  }
}
