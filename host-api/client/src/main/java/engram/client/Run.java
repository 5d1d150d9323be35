package engram.client;

import engram.protocol.v1.Response;

/// A run on its way, and how it ended once it has. `cancel` stops it and forgets about it; `stop`
/// stops it and lets it tell how far it came.
public final class Run extends Call<RunResult> {
  Run(Link link) {
    super(link, Response.ResultCase.RUN, response -> RunResult.of(response.getRun()));
  }

  /// Ends the run after the step that it is in; it then completes with `RunEnd.CANCELLED`.
  public void stop() {
    link().cancel(id());
  }

  /// Waits for the end.
  public RunResult result() {
    return await();
  }
}
