package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import engram.chip.Chip;
import engram.chip.ChipOptions;
import engram.chip.fault.BitFlip;
import engram.chip.fault.DeadCore;
import engram.chip.fault.FaultMemory;
import engram.chip.fault.PacketLoss;
import engram.protocol.Columns;
import engram.protocol.v1.ClearFaultsRequest;
import engram.protocol.v1.Code;
import engram.protocol.v1.CostRequest;
import engram.protocol.v1.Fault;
import engram.protocol.v1.FaultsRequest;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.ResetRequest;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Faults over the wire strike as those that are injected into the chip itself.
class FaultTest extends ServerTest {
  private static Request.Builder inject(int chip, Fault.Builder... faults) {
    var request = InjectFaultsRequest.newBuilder();
    for (var fault : faults) {
      request.addFaults(fault);
    }
    return Request.newBuilder().setChip(chip).setInjectFaults(request);
  }

  private static Request.Builder list(int chip) {
    return Request.newBuilder().setChip(chip).setFaults(FaultsRequest.getDefaultInstance());
  }

  private static Request.Builder clear(int chip) {
    return Request.newBuilder()
        .setChip(chip)
        .setClearFaults(ClearFaultsRequest.getDefaultInstance());
  }

  private static Fault.Builder flip(String field, long index, int bit) {
    var fault = Fault.newBuilder();
    fault.getBitFlipBuilder().setIndex(index).setBit(bit);
    fault
        .getBitFlipBuilder()
        .getMemoryBuilder()
        .getFieldBuilder()
        .setPopulation("dice")
        .setField(field);
    return fault;
  }

  private static Fault.Builder weights(String tag, int count) {
    var fault = Fault.newBuilder();
    fault.getRandomFlipsBuilder().setCount(count).setSeed(-4);
    fault
        .getRandomFlipsBuilder()
        .getMemoryBuilder()
        .getSynapsesBuilder()
        .setProjection("wire")
        .setTag(tag);
    return fault;
  }

  private static Fault.Builder dead(int core, long from, long until) {
    var fault = Fault.newBuilder();
    fault.getDeadCoreBuilder().setCore(core).setFromStep(from).setUntilStep(until);
    return fault;
  }

  private static Fault.Builder loss(long probability) {
    var fault = Fault.newBuilder();
    fault.getPacketLossBuilder().setProbability(probability).setSeed(-9);
    return fault;
  }

  private static int[] field(RawClient client, int chip, String field) {
    var read =
        ReadRequest.newBuilder()
            .setField(ReadRequest.Field.newBuilder().setPopulation("dice").setField(field));
    return Columns.ints(
        "values",
        client.call(Request.newBuilder().setChip(chip).setRead(read)).getRead().getValues());
  }

  @Test
  void aChipWithFaultsRunsAsTheSameChipInThisProcess() {
    try (var client = client();
        var here =
            Chip.load(Networks.PRESET, Networks.image(Networks.DICE), ChipOptions.reference())) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(chip, 3));
      here.run(3);
      var answer =
          client
              .call(
                  inject(
                      chip,
                      loss(1L << 30),
                      dead(here.coreNumbers()[1], 10, 14),
                      weights("", 20),
                      flip("x", 5, 3)))
              .getInjectFaults();
      assertThat(answer.getStep()).isEqualTo(3);
      assertThat(answer.getFaults()).isEqualTo(2);
      here.inject(
          List.of(
              new PacketLoss(
                  1L << 30, -9, PacketLoss.ANY, PacketLoss.ANY, 3, engram.chip.fault.Fault.FOREVER),
              new DeadCore(here.coreNumbers()[1], 10, 14),
              new engram.chip.fault.RandomFlips(
                  new FaultMemory.Weights("wire"), 20, -4, engram.chip.fault.Fault.AT_ONCE),
              new BitFlip(
                  new FaultMemory.Field("dice", "x"), 5, 3, engram.chip.fault.Fault.AT_ONCE)));
      assertThat(client.digest(chip).getState()).isEqualTo(here.stateDigest());
      var run = client.call(RawClient.run(chip, 30)).getRun();
      here.run(30);
      assertThat(client.digest(chip).getState()).isEqualTo(here.stateDigest());
      assertThat(client.digest(chip).getCost()).isEqualTo(here.costDigest());
      var counts =
          client
              .call(Request.newBuilder().setChip(chip).setCost(CostRequest.getDefaultInstance()))
              .getCost()
              .getCost()
              .getCountsMap();
      assertThat(run.getLostEvents()).isPositive().isEqualTo(counts.get("events-lost"));
      assertThat(run.getDroppedEvents()).isPositive().isEqualTo(counts.get("events-dropped"));
      assertThat(counts.get("bits-flipped")).isEqualTo(21);
    }
  }

  @Test
  void faultsAreListedWithAllStepsKeptOverAResetAndCleared() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isZero();
      client.call(RawClient.run(chip, 2));
      var later = flip("x", 1, 2);
      later.getBitFlipBuilder().setStep(8);
      var lossTo = loss(1);
      lossTo.getPacketLossBuilder().setFromCore(1).setToCore(0).setUntilStep(99);
      client.call(inject(chip, later, lossTo, dead(0, 5, 6)));
      client.call(inject(chip, flip("x", 0, 0)));
      lossTo.getPacketLossBuilder().setFromStep(2);
      var answer = client.call(list(chip)).getFaults();
      assertThat(answer.getStep()).isEqualTo(2);
      assertThat(answer.getFaultsList())
          .containsExactly(later.build(), lossTo.build(), dead(0, 5, 6).build());
      client.call(Request.newBuilder().setChip(chip).setReset(ResetRequest.getDefaultInstance()));
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isEqualTo(3);
      assertThat(client.call(clear(chip)).getClearFaults().getCleared()).isEqualTo(3);
      assertThat(client.call(clear(chip)).getClearFaults().getCleared()).isZero();
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isZero();
    }
  }

  @Test
  void aSavedStateCarriesThemAndAnotherNetworkHasNone() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(inject(chip, loss(1L << 31), dead(0, 5, 9)));
      client.call(RawClient.run(chip, 6));
      client.call(
          Request.newBuilder().setChip(chip).setSave(SaveRequest.newBuilder().setName("mid")));
      client.call(RawClient.run(chip, 20));
      var end = client.digest(chip).getState();
      client.call(RawClient.loadYaml(chip, Networks.DICE));
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isZero();
      client.call(
          Request.newBuilder()
              .setChip(chip)
              .setRestore(RestoreRequest.newBuilder().setName("mid")));
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isEqualTo(2);
      client.call(RawClient.run(chip, 20));
      assertThat(client.digest(chip).getState()).isEqualTo(end);
    }
  }

  @Test
  void whatIsWrongIsNamedAndNothingOfItTakesEffect() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      var before = client.digest(chip).getState();
      record Case(Fault.Builder fault, Code code, String message) {}
      var at = flip("x", 0, 0);
      at.getBitFlipBuilder().setStep(-1);
      var fromCore = loss(1);
      fromCore.getPacketLossBuilder().setFromCore(-1);
      var nowhere = Fault.newBuilder();
      nowhere.getBitFlipBuilder();
      for (var wrong :
          List.of(
              new Case(
                  flip("y", 0, 0), Code.CODE_NOT_FOUND, "field of dice: y (expected: one of x"),
              new Case(
                  flip("x", 64, 0),
                  Code.CODE_INVALID_ARGUMENT,
                  "index: 64 (expected: < 64, the words in x of dice)"),
              new Case(
                  flip("x", -1, 0),
                  Code.CODE_INVALID_ARGUMENT,
                  "index: 18446744073709551615 (expected: < 2^63)"),
              new Case(flip("x", 0, 99), Code.CODE_INVALID_ARGUMENT, "bit: 99 (expected: < "),
              new Case(
                  at, Code.CODE_INVALID_ARGUMENT, "step: 18446744073709551615 (expected: < 2^63)"),
              new Case(weights("", 0), Code.CODE_INVALID_ARGUMENT, "count: 0 (expected: 1 to "),
              new Case(weights("t", 1), Code.CODE_INVALID_ARGUMENT, "projection wire has no tag t"),
              new Case(dead(5_000, 0, 1), Code.CODE_INVALID_ARGUMENT, "core: 5000 (expected: < "),
              new Case(
                  dead(0, 4, 4),
                  Code.CODE_INVALID_ARGUMENT,
                  "until: 4 (expected: more than 4, the first step of the fault)"),
              new Case(
                  loss((1L << 32) + 1),
                  Code.CODE_INVALID_ARGUMENT,
                  "probability in units of 2^-32: 4294967297 (expected: 0 to 4294967296)"),
              new Case(
                  fromCore, Code.CODE_INVALID_ARGUMENT, "from_core: 4294967295 (expected: < 2^31)"),
              new Case(
                  Fault.newBuilder(),
                  Code.CODE_INVALID_ARGUMENT,
                  "kind: nothing (expected: one of its alternatives)"),
              new Case(
                  nowhere,
                  Code.CODE_INVALID_ARGUMENT,
                  "what: nothing (expected: one of its alternatives)"))) {
        var refused = client.refused(inject(chip, flip("x", 0, 0), loss(5), wrong.fault()));
        assertThat(refused.getMessage()).startsWith(wrong.message());
        assertThat(refused.getCode()).as(refused.getMessage()).isEqualTo(wrong.code());
      }
      assertThat(client.digest(chip).getState()).isEqualTo(before);
      assertThat(client.call(list(chip)).getFaults().getFaultsCount()).isZero();
      int empty = client.lease().getChip();
      assertThat(client.codeOf(inject(empty, loss(1)))).isEqualTo(Code.CODE_FAILED_PRECONDITION);
    }
  }

  @Test
  void whoWatchesSeesFaultsAndInjectsNone() {
    try (var client = client();
        var other = client()) {
      var lease = client.lease();
      int chip = lease.getChip();
      client.call(RawClient.loadYaml(chip, Networks.DICE));
      client.call(inject(chip, loss(1)));
      int watched =
          other
              .call(
                  Request.newBuilder()
                      .setWatch(WatchRequest.newBuilder().setLease(lease.getLease())))
              .getWatch()
              .getChip();
      assertThat(other.call(list(watched)).getFaults().getFaultsCount()).isEqualTo(1);
      assertThat(other.codeOf(inject(watched, loss(1)))).isEqualTo(Code.CODE_PERMISSION_DENIED);
      assertThat(other.codeOf(clear(watched))).isEqualTo(Code.CODE_PERMISSION_DENIED);
      int taken =
          other
              .call(
                  Request.newBuilder()
                      .setReattach(
                          ReattachRequest.newBuilder().setReattachToken(lease.getReattachToken())))
              .getReattach()
              .getChip();
      assertThat(client.codeOf(inject(chip, loss(1)))).isEqualTo(Code.CODE_NOT_FOUND);
      assertThat(other.call(clear(taken)).getClearFaults().getCleared()).isEqualTo(1);
    }
  }

  @Test
  void aFaultStrikesBetweenTwoStepsOfARun() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      long run = client.send(RawClient.runForever(chip));
      int[] before = field(client, chip, "x");
      client.call(inject(chip, flip("x", 7, 0)));
      int[] behind = field(client, chip, "x");
      before[7] ^= 1;
      assertThat(behind).isEqualTo(before);
      client.call(
          Request.newBuilder()
              .setCancel(engram.protocol.v1.CancelRequest.newBuilder().setRequest(run)));
      assertThat(client.last(run).hasRun()).isTrue();
    }
  }
}
