package engram.cli.isa;

import engram.cli.common.TextFile;
import engram.isa.assembler.Assembler;
import engram.isa.assembler.Assembly;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// An assembly file on the command line, with values for its constants.
final class SourceFile {
  @Parameters(paramLabel = "FILE.s", description = "Source text.")
  private Path file;

  @Option(
      names = {"-D", "--define"},
      paramLabel = "NAME=VALUE",
      description = "Value of a constant.")
  private Map<String, Long> constants = Map.of();

  Assembly assemble() throws IOException {
    return Assembler.assemble(file.toString(), TextFile.read(file), constants);
  }
}
