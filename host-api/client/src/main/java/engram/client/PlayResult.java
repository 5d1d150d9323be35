package engram.client;

import engram.protocol.v1.Cost;
import engram.protocol.v1.PlayResponse;

/// How a play ended.
///
/// @param cost counts, cycles, energy of the play
/// @param samples that were played
/// @param seconds of the wall clock, from the first sample to the end of the last
/// @param cancelled it ended before its last sample
/// @param step number of the step that comes next
/// @param events that the chip's neurons emitted
public record PlayResult(
    Cost cost, long samples, double seconds, boolean cancelled, long step, long events) {
  static PlayResult of(PlayResponse play) {
    return new PlayResult(
        play.getCost(),
        play.getSamples(),
        play.getSeconds(),
        play.getCancelled(),
        play.getStep(),
        play.getEvents());
  }
}
