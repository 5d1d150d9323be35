package engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import engram.protocol.v1.OverflowPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class WireNamesTest {
  private static final String RUN_END = "RUN_END_";

  /// Names of a protocol's enum without prefix, but for its first, which is never sent, and javac's
  /// stand-in for unknown ones.
  private static List<String> names(Enum<?>[] wire, String prefix) {
    return Stream.of(wire)
        .map(Enum::name)
        .filter(name -> !name.equals("UNRECOGNIZED") && !name.endsWith("_UNSPECIFIED"))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  private static List<String> names(Enum<?>[] ours) {
    return Stream.of(ours).map(Enum::name).toList();
  }

  @Test
  void everyNameOfTheProtocolHasItsTwin() {
    assertThat(names(Code.values())).isEqualTo(names(engram.protocol.v1.Code.values(), "CODE_"));
    assertThat(names(Engine.values()))
        .isEqualTo(names(engram.protocol.v1.Engine.values(), "ENGINE_"));
    assertThat(names(NocFidelity.values()))
        .isEqualTo(names(engram.protocol.v1.NocFidelity.values(), "NOC_FIDELITY_"));
    assertThat(names(LatePolicy.values()))
        .isEqualTo(names(engram.protocol.v1.LatePolicy.values(), "LATE_POLICY_"));
    assertThat(names(Overflow.values()))
        .isEqualTo(names(OverflowPolicy.values(), "OVERFLOW_POLICY_"));
    assertThat(names(UdpProtocol.values()))
        .isEqualTo(names(engram.protocol.v1.UdpProtocol.values(), "UDP_PROTOCOL_"));
    assertThat(names(RunEnd.values()))
        .isEqualTo(names(engram.protocol.v1.RunEnd.values(), RUN_END));
  }

  @Test
  void everyValueIsSentAsItsTwin() {
    for (var engine : Engine.values()) {
      assertThat(engine.wire().name()).isEqualTo("ENGINE_" + engine);
    }
    for (var noc : NocFidelity.values()) {
      assertThat(noc.wire().name()).isEqualTo("NOC_FIDELITY_" + noc);
    }
    for (var late : LatePolicy.values()) {
      assertThat(late.wire().name()).isEqualTo("LATE_POLICY_" + late);
    }
    for (var protocol : UdpProtocol.values()) {
      assertThat(protocol.wire().name()).isEqualTo("UDP_PROTOCOL_" + protocol);
    }
    for (var overflow : Overflow.values()) {
      assertThat(overflow.wire().name()).isEqualTo("OVERFLOW_POLICY_" + overflow);
    }
    Arrays.stream(engram.protocol.v1.RunEnd.values())
        .filter(end -> names(new Enum<?>[] {end}, RUN_END).size() == 1)
        .forEach(end -> assertThat(RUN_END + RunEnd.of(end)).isEqualTo(end.name()));
  }

  @Test
  void codesHaveTheNumbersOfGoogleRpc() {
    for (var code : engram.protocol.v1.Code.values()) {
      if (code != engram.protocol.v1.Code.UNRECOGNIZED && code.getNumber() != 0) {
        assertThat("CODE_" + Code.of(code.getNumber())).isEqualTo(code.name());
        assertThat(Code.of(code.getNumber()).number()).isEqualTo(code.getNumber());
      }
    }
    assertThat(Code.of(0)).isEqualTo(Code.UNKNOWN);
    assertThat(Code.of(99)).isEqualTo(Code.UNKNOWN);
  }
}
