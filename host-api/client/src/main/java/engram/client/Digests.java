package engram.client;

import engram.protocol.v1.DigestResponse;

/// Digests, SHA-256 in hexadecimal.
///
/// @param state of all that the future depends on: equal for engines, threads, placements, machines
/// @param cost of all counts and cycles: equal for engines and threads
/// @param step number of the step that comes next
public record Digests(String state, String cost, long step) {
  static Digests of(DigestResponse digest) {
    return new Digests(digest.getState(), digest.getCost(), digest.getStep());
  }
}
