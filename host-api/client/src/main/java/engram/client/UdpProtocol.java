package engram.client;

/// Layout of event packets.
public enum UdpProtocol {
  /// SpiNNaker's: keys of 16 or 32 bits, with payloads, with times.
  EIEIO,
  /// SPIF, of event cameras: pixels, with or without microseconds.
  SPIF;

  engram.protocol.v1.UdpProtocol wire() {
    return engram.protocol.v1.UdpProtocol.valueOf("UDP_PROTOCOL_" + name());
  }
}
