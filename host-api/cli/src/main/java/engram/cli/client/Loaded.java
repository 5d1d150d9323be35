package engram.cli.client;

import engram.cli.common.CommandException;
import engram.client.RemoteChip;
import engram.protocol.v1.DescribeResponse;

/// Chips that something is loaded into.
final class Loaded {
  private Loaded() {}

  /// What the chip holds.
  static DescribeResponse chip(RemoteChip chip) {
    var held = chip.describe();
    if (held.getNetwork().isEmpty()) {
      throw CommandException.failed(
          "lease %s: nothing is loaded: load a network or an image first, or restore a snapshot"
              .formatted(chip.lease()));
    }
    return held;
  }

  /// What the chip holds, if it waits to be run.
  static DescribeResponse atRest(RemoteChip chip) {
    var held = chip(chip);
    if (held.getRunning()) {
      throw CommandException.failed(
          "lease %s: a run is on its way: wait for its end, or stop it where it was begun"
              .formatted(chip.lease()));
    }
    return held;
  }
}
