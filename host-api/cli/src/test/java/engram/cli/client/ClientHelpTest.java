package engram.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What commands say of themselves.
final class ClientHelpTest {
  @TempDir Path folder;

  @Test
  void theParentListsItsCommands() {
    assertThat(new Cli(folder).run("client", "--help").succeeds().out())
        .contains(
            "lease ",
            "release ",
            "info ",
            "load ",
            "reset ",
            "run ",
            "stop ",
            "inject ",
            "record ",
            "read ",
            "write ",
            "snapshot ",
            "restore ",
            "top ",
            "export ENGRAM_CHIP=");
    new Cli(folder).run("client").isRefused(2, "a command is missing (engram client --help");
    new Cli(folder).run("client", "train").isRefused(2, "train");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lease",
        "release",
        "info",
        "load",
        "reset",
        "run",
        "stop",
        "inject",
        "record",
        "read",
        "write",
        "snapshot",
        "restore",
        "top"
      })
  void everyCommandTellsItsOptions(String command) {
    var help = new Cli(folder).run("client", command, "--help").succeeds();
    assertThat(help.err()).isEmpty();
    assertThat(help.out())
        .startsWith("Usage: engram client " + command + " ")
        .contains("--server=URI", "--token-file=FILE", "--ca=PEM", "--cert=PEM", "--key=PEM")
        .doesNotContain("--token=");
    assertThat(help.out().lines().mapToInt(String::length).max().orElseThrow())
        .isLessThanOrEqualTo(80);
    if (!command.equals("lease") && !command.equals("top")) {
      assertThat(help.out()).contains("--chip=TOKEN");
    }
  }
}
