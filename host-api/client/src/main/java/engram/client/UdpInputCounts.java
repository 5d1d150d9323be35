package engram.client;

import engram.protocol.v1.UdpInputResponse;
import java.util.Map;

/// What a UDP input has counted since it was opened.
///
/// @param port that it listens on
/// @param packets of any kind
/// @param events that wait or have waited on the chip
/// @param commands command packets of EIEIO, which have no effect, by number; 0: no known one
/// @param damaged packets that are none of the protocol
/// @param outside events with a key of no neuron or a payload that is none of the chip's, or too
///   far ahead
/// @param late events that came after their step
/// @param dropped of them, dropped
/// @param lost events that found no room, or were more than the token may inject
public record UdpInputCounts(
    int port,
    long packets,
    long events,
    Map<Integer, Long> commands,
    long damaged,
    long outside,
    long late,
    long dropped,
    long lost) {
  static UdpInputCounts of(UdpInputResponse counts) {
    return new UdpInputCounts(
        counts.getPort(),
        counts.getPackets(),
        counts.getEvents(),
        Map.copyOf(counts.getCommandsMap()),
        counts.getDamaged(),
        counts.getOutside(),
        counts.getLate(),
        counts.getDropped(),
        counts.getLost());
  }
}
