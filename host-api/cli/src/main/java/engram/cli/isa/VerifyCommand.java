package engram.cli.isa;

import engram.cli.common.CommandException;
import engram.cli.common.ExitCode;
import engram.isa.verify.VerificationException;
import engram.isa.verify.Verifier;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `engram verify`: would a chip take this program, and what does a run of it cost.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Verify a program: print its cost, or every reason why it is refused.")
public final class VerifyCommand implements Callable<Integer> {
  @Mixin private SourceFile source;

  @Override
  public Integer call() throws IOException {
    var assembly = source.assemble();
    try {
      var verified = Verifier.verify(assembly.program());
      System.out.printf(
          "%s: %d instructions, %d words of program memory, %d sections, %d cycles a batch of lanes%n",
          verified,
          assembly.program().size(),
          assembly.program().memoryWords(),
          verified.sections().size(),
          verified.cycles());
      return ExitCode.DONE;
    } catch (VerificationException e) {
      throw CommandException.failed(
          e.faults().stream()
              .map(f -> assembly.at(f.instruction(), f.message()).toString())
              .collect(Collectors.joining("\n")));
    }
  }
}
