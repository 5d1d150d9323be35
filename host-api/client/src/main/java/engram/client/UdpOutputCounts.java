package engram.client;

import engram.protocol.v1.UdpOutputResponse;

/// What a UDP output has counted since it was opened.
///
/// @param port that packets come from
/// @param packets that the network took
/// @param events in them
/// @param lost events that it did not take
/// @param graded events with a payload other than 1, for which packets with times have no room
public record UdpOutputCounts(int port, long packets, long events, long lost, long graded) {
  static UdpOutputCounts of(UdpOutputResponse counts) {
    return new UdpOutputCounts(
        counts.getPort(),
        counts.getPackets(),
        counts.getEvents(),
        counts.getLost(),
        counts.getGraded());
  }
}
