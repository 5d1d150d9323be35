package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.protocol.v1.ClearFaultsResponse;
import engram.protocol.v1.FaultsResponse;
import engram.protocol.v1.InjectFaultsResponse;
import engram.protocol.v1.Request.CallCase;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultTest {
  private static final FaultMemory V = new FaultMemory.Field("hidden", "v");

  /// Every kind, with all that can be left out and with nothing left out.
  private static final List<Fault> FAULTS =
      List.of(
          Fault.bitFlip(V, 7, 3),
          Fault.bitFlip(new FaultMemory.Weights("in"), 1L << 40, 11).before(9),
          Fault.randomFlips(new FaultMemory.Tag("in", "t"), 5, -6),
          Fault.randomFlips(V, 5, Long.MIN_VALUE).before(0),
          Fault.deadCore(0),
          Fault.deadCore(17).during(4, 1L << 50),
          Fault.packetLoss(0.25, -1),
          Fault.packetLoss(1, 2).fromCore(0).toCore(63).during(0, 5));

  private final FakePeer peer = new FakePeer();
  private Connection connection;
  private RemoteChip chip;

  @BeforeEach
  void lease() {
    connection = Engram.connect(peer.uri());
    chip = connection.lease("engram-1");
  }

  @AfterEach
  void close() {
    peer.close();
    connection.close();
  }

  @Test
  void everyFaultGoesOutAndComesBackAsItIs() {
    var injected = CompletableFuture.supplyAsync(() -> chip.injectFaults(FAULTS));
    var request = peer.take(CallCase.INJECT_FAULTS);
    assertThat(request.getChip()).isEqualTo(FakePeer.CHIP);
    peer.reply(FakePeer.to(request).setInjectFaults(InjectFaultsResponse.newBuilder().setStep(12)));
    assertThat(Failures.soon(injected)).isEqualTo(12);
    var listed = chip.faultsAsync();
    var list = peer.take(CallCase.FAULTS);
    peer.reply(
        FakePeer.to(list)
            .setFaults(
                FaultsResponse.newBuilder()
                    .addAllFaults(request.getInjectFaults().getFaultsList())));
    assertThat(Failures.soon(listed)).isEqualTo(FAULTS);
    var cleared = chip.clearFaultsAsync();
    var clear = peer.take(CallCase.CLEAR_FAULTS);
    peer.reply(FakePeer.to(clear).setClearFaults(ClearFaultsResponse.newBuilder().setCleared(8)));
    assertThat(Failures.soon(cleared)).isEqualTo(8);
  }

  @Test
  void whatIsLeftOutIsNotSent() {
    chip.injectFaultsAsync(FAULTS);
    var sent = peer.take(CallCase.INJECT_FAULTS).getInjectFaults().getFaultsList();
    assertThat(sent.get(0).getBitFlip().hasStep()).isFalse();
    assertThat(sent.get(1).getBitFlip().getStep()).isEqualTo(9);
    assertThat(sent.get(1).getBitFlip().getMemory().getSynapses().getTag()).isEmpty();
    assertThat(sent.get(2).getRandomFlips().hasStep()).isFalse();
    assertThat(sent.get(3).getRandomFlips().hasStep()).isTrue();
    assertThat(sent.get(4).getDeadCore().hasFromStep()).isFalse();
    assertThat(sent.get(4).getDeadCore().hasUntilStep()).isFalse();
    assertThat(sent.get(6).getPacketLoss().getProbability()).isEqualTo(1L << 30);
    assertThat(sent.get(6).getPacketLoss().hasFromCore()).isFalse();
    assertThat(sent.get(7).getPacketLoss().getProbability()).isEqualTo(1L << 32);
    assertThat(sent.get(7).getPacketLoss().hasFromCore()).isTrue();
    assertThat(sent.get(7).getPacketLoss().getToCore()).isEqualTo(63);
  }

  @Test
  void aFaultThatTheClientDoesNotKnowIsSaidToBeOne() {
    var listed = chip.faultsAsync();
    var list = peer.take(CallCase.FAULTS);
    peer.reply(
        FakePeer.to(list)
            .setFaults(
                FaultsResponse.newBuilder()
                    .addFaults(engram.protocol.v1.Fault.getDefaultInstance())));
    assertThat(Failures.of(listed))
        .hasMessageContaining("fault: none of a kind that this client knows");
  }

  @Test
  void aProbabilityIsFromZeroToOne() {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> Fault.packetLoss(wrong, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("probability: " + wrong + " (expected: 0 to 1)");
    }
    assertThat(Fault.packetLoss(1.0 / (1L << 32), 5))
        .isEqualTo(
            new Fault.PacketLoss(
                1,
                5,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty()));
  }
}
