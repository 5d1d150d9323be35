package engram.cli.isa;

import engram.cli.common.AtomicFile;
import engram.cli.common.ExitCode;
import engram.isa.image.ImageCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram asm`: source text to instruction words.
@Command(
    name = "asm",
    mixinStandardHelpOptions = true,
    description = "Assemble a program: print its instruction words, or write it to a file.")
public final class AsmCommand implements Callable<Integer> {
  @Mixin private SourceFile source;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the program, as disasm reads it.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    if (output != null) {
      AtomicFile.requireWritable("--output", output);
    }
    var assembly = source.assemble();
    var program = assembly.program();
    if (output != null) {
      AtomicFile.write(output, out -> out.write(ImageCodec.encodeProgram(program)));
      return ExitCode.DONE;
    }
    for (int i = 0; i < program.size(); i++) {
      int line = assembly.lineOf()[i];
      System.out.printf(
          "%4d  %016x  %s%n", i, program.words()[i], assembly.lines().get(line - 1).strip());
    }
    return ExitCode.DONE;
  }
}
