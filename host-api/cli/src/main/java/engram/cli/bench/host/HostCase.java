package engram.cli.bench.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/// Something to measure between a client and a server.
interface HostCase {
  /// The name that `--case` takes.
  String name();

  /// Measures; figures go into `result` by name.
  ///
  /// @param rounds to take the median of
  /// @param quick sizes that say nothing about speed and take no time
  void measure(int rounds, boolean quick, ObjectNode result) throws IOException;
}
