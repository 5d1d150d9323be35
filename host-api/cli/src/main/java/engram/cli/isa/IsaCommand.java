package engram.cli.isa;

import engram.cli.common.ExitCode;
import engram.isa.manual.IsaManual;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `engram isa`: the manual page of the instruction set.
@Command(
    name = "isa",
    mixinStandardHelpOptions = true,
    description = "Print the manual of the instruction set, the page docs/isa.md.")
public final class IsaCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(IsaManual.markdown());
    return ExitCode.DONE;
  }
}
