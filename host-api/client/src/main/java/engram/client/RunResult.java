package engram.client;

import engram.protocol.v1.RunResponse;

/// How a run ended.
///
/// @param steps that were run
/// @param step number of the step that comes next
/// @param missedDeadlines of a paced run: steps that began after the end of the time that was
///   theirs
/// @param worstLatenessMicros of a paced run: the most that a step began late
/// @param lateEvents events of all clients that came too late for their step
/// @param coalescedEvents events of a neuron that had emitted in the step already: the later one
///   holds
/// @param lostEvents events that faults lost on their way, each once for every row that missed it
/// @param droppedEvents events that were due in a dead core, counted in the same way
/// @param seconds of the wall clock
public record RunResult(
    RunEnd end,
    long steps,
    long step,
    long missedDeadlines,
    long worstLatenessMicros,
    long lateEvents,
    long coalescedEvents,
    long lostEvents,
    long droppedEvents,
    double seconds) {
  static RunResult of(RunResponse run) {
    return new RunResult(
        RunEnd.of(run.getEnd()),
        run.getSteps(),
        run.getStep(),
        run.getMissedDeadlines(),
        run.getWorstLatenessUs(),
        run.getLateEvents(),
        run.getCoalescedEvents(),
        run.getLostEvents(),
        run.getDroppedEvents(),
        run.getSeconds());
  }
}
