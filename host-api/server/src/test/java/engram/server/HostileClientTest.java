package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import engram.protocol.Columns;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.ClearFaultsRequest;
import engram.protocol.v1.Code;
import engram.protocol.v1.CostRequest;
import engram.protocol.v1.CreditRequest;
import engram.protocol.v1.DigestRequest;
import engram.protocol.v1.DownloadRequest;
import engram.protocol.v1.Fault;
import engram.protocol.v1.FaultMemory;
import engram.protocol.v1.FaultsRequest;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.HelloRequest;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.KeepAliveRequest;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.ListRequest;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.RemoveRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.ResetRequest;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SamplesRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.UploadRequest;
import engram.protocol.v1.WatchRequest;
import engram.protocol.v1.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a client sends, it gets a clear answer or loses its connection, and everybody else is
/// served as before.
class HostileClientTest extends ServerTest {
  private static Request.Builder on(int chip) {
    return Request.newBuilder().setChip(chip);
  }

  /// The server is there for others, and they are served.
  private void assertServes() {
    try (var other = client()) {
      int chip = other.leaseWith(Networks.ECHO);
      assertThat(other.call(RawClient.run(chip, 2)).getRun().getStep()).isEqualTo(2);
    }
  }

  private static byte[] varint(long value) throws Exception {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    out.writeUInt64NoTag(value);
    out.flush();
    return bytes.toByteArray();
  }

  /// A good request of each kind, for a chip that holds `Networks.ECHO`.
  static List<Request.Builder> oneOfEach(int chip) {
    var field = ReadRequest.Field.newBuilder().setPopulation("mouth").setField("v").build();
    var nerve = ReadRequest.Synapses.newBuilder().setProjection("nerve").build();
    return List.of(
        RawClient.describe(chip),
        RawClient.loadYaml(chip, Networks.ECHO),
        on(chip).setReset(ResetRequest.getDefaultInstance()),
        on(chip).setRead(ReadRequest.newBuilder().setField(field)),
        on(chip).setRead(ReadRequest.newBuilder().setSynapses(nerve)),
        on(chip)
            .setWrite(
                WriteRequest.newBuilder()
                    .setField(
                        WriteRequest.Field.newBuilder()
                            .setPopulation("mouth")
                            .setField("v")
                            .setFirst(1)
                            .setValues(Columns.ofInts(5, 6)))),
        on(chip)
            .setWrite(
                WriteRequest.newBuilder()
                    .setWeights(
                        WriteRequest.Weights.newBuilder()
                            .setProjection("nerve")
                            .setValues(Columns.ofInts(new int[16])))),
        on(chip).setWrite(WriteRequest.newBuilder().setClock(5)),
        on(chip).setCost(CostRequest.getDefaultInstance()),
        on(chip).setDigest(DigestRequest.getDefaultInstance()),
        on(chip)
            .setInject(
                InjectRequest.newBuilder()
                    .setPopulation("ear")
                    .setNeurons(Columns.ofInts(0, 1))
                    .setPayloads(shorts(1, 2))
                    .setSteps(Columns.ofLongs(new long[] {3, 4}, 2))),
        on(chip)
            .setSubscribe(
                SubscribeRequest.newBuilder()
                    .setPopulation("mouth")
                    .setStream("spike")
                    .setCredit(10)
                    .setBatchEvents(2)
                    .setBatchSteps(3)),
        on(chip).setProbe(ProbeRequest.newBuilder().setField(field).setEverySteps(2)),
        RawClient.run(chip, 5),
        on(chip)
            .setRun(
                RunRequest.newBuilder()
                    .setEvents(RunRequest.Events.newBuilder().setPopulation("mouth"))
                    .setMostSteps(9)),
        on(chip).setPlay(PlayRequest.newBuilder().setSteps(2).putRegisters("rate", 1)),
        Request.newBuilder()
            .setSamples(
                SamplesRequest.newBuilder()
                    .setPlay(25)
                    .setCount(1)
                    .setValues(ByteString.copyFrom(new byte[4]))),
        on(chip).setSave(SaveRequest.newBuilder().setName("state").setNote("note")),
        on(chip).setRestore(RestoreRequest.newBuilder().setName("state")),
        Request.newBuilder()
            .setUpload(
                UploadRequest.newBuilder()
                    .setName("file")
                    .setData(ByteString.copyFromUtf8("text"))
                    .setLast(true)),
        Request.newBuilder().setDownload(DownloadRequest.newBuilder().setName("file")),
        Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()),
        Request.newBuilder().setRemove(RemoveRequest.newBuilder().setName("file")),
        Request.newBuilder().setList(ListRequest.getDefaultInstance()),
        Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(24)),
        Request.newBuilder().setCredit(CreditRequest.newBuilder().setRequest(22).setUnits(5)),
        Request.newBuilder()
            .setReattach(ReattachRequest.newBuilder().setReattachToken("no token at all")),
        Request.newBuilder().setWatch(WatchRequest.newBuilder().setLease("engram-1-1")),
        on(chip).setInjectFaults(oneFaultOfEach()),
        RawClient.run(chip, 5),
        on(chip).setFaults(FaultsRequest.getDefaultInstance()),
        on(chip).setClearFaults(ClearFaultsRequest.getDefaultInstance()),
        on(chip).setKeepAlive(KeepAliveRequest.getDefaultInstance()),
        on(chip).setRelease(ReleaseRequest.getDefaultInstance()));
  }

  private static InjectFaultsRequest.Builder oneFaultOfEach() {
    var field =
        FaultMemory.newBuilder()
            .setField(FaultMemory.Field.newBuilder().setPopulation("mouth").setField("v"));
    var nerve =
        FaultMemory.newBuilder()
            .setSynapses(FaultMemory.Synapses.newBuilder().setProjection("nerve"));
    return InjectFaultsRequest.newBuilder()
        .addFaults(
            Fault.newBuilder()
                .setBitFlip(
                    Fault.BitFlip.newBuilder().setMemory(field).setIndex(1).setBit(3).setStep(40)))
        .addFaults(
            Fault.newBuilder()
                .setRandomFlips(
                    Fault.RandomFlips.newBuilder().setMemory(nerve).setCount(9).setSeed(-1)))
        .addFaults(
            Fault.newBuilder()
                .setDeadCore(
                    Fault.DeadCore.newBuilder().setCore(0).setFromStep(2).setUntilStep(1000)))
        .addFaults(
            Fault.newBuilder()
                .setPacketLoss(
                    Fault.PacketLoss.newBuilder()
                        .setProbability(1L << 31)
                        .setSeed(7)
                        .setFromCore(0)
                        .setToCore(0)
                        .setFromStep(1)
                        .setUntilStep(1000)));
  }

  // Frames.

  @Test
  void garbageEndsTheConnectionWithAReason() {
    long seed = 42;
    var random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] garbage = new byte[1 + random.nextInt(3000)];
      random.nextBytes(garbage);
      try (var client = RawClient.silent(started())) {
        client.sendBytes(garbage);
        client.socket().shutdownOutput();
        assertThat(client.isClosedByServer()).as("seed %d, try %d", seed, i).isTrue();
      } catch (Exception e) {
        // A server that has closed already refuses the rest: as good.
      }
    }
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 31, (1L << 31) - 1, (1L << 32) - 1, 1L << 34, Long.MAX_VALUE, -1})
  void aLengthBeyondTheLimitEndsTheConnectionBeforeItsBytesCome(long length) throws Exception {
    try (var client = client()) {
      client.sendBytes(varint(length));
      var said = client.receive();
      assertThat(said.getError().getCode()).isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertServes();
  }

  @Test
  void aLongFrameBeforeHelloIsRefused() throws Exception {
    try (var client = RawClient.silent(started())) {
      client.sendBytes(varint(Session.HELLO_BYTES + 1));
      assertThat(client.receive().getError().getMessage()).contains("65537", "65536");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aFrameMayBeCutAnywhere() throws Exception {
    var bytes = new ByteArrayOutputStream();
    RawClient.helloRequest("").setId(1).build().writeDelimitedTo(bytes);
    byte[] frame = bytes.toByteArray();
    for (int cut = 0; cut < frame.length; cut++) {
      try (var client = RawClient.silent(started())) {
        client.sendBytes(java.util.Arrays.copyOf(frame, cut));
        client.socket().shutdownOutput();
        assertThat(client.isClosedByServer()).isTrue();
      }
    }
    try (var client = RawClient.silent(started())) {
      for (byte b : frame) {
        client.sendBytes(new byte[] {b});
      }
      assertThat(client.receive().hasHello()).isTrue();
    }
  }

  @Test
  void nestedMessagesDoNotOverflowTheStack() throws Exception {
    byte[] nested = new byte[0];
    for (int i = 0; i < 5000; i++) {
      var outer = new ByteArrayOutputStream();
      var out = CodedOutputStream.newInstance(outer);
      out.writeByteArray(15, nested);
      out.flush();
      nested = outer.toByteArray();
    }
    byte[] groups = new byte[60_000];
    java.util.Arrays.fill(groups, (byte) (15 << 3 | 3));
    for (byte[] bomb : List.of(nested, groups)) {
      try (var client = RawClient.silent(started())) {
        client.sendBytes(varint(bomb.length));
        client.sendBytes(bomb);
        var said = client.receive();
        assertThat(said.getError().getCode())
            .isIn(Code.CODE_INVALID_ARGUMENT, Code.CODE_UNAUTHENTICATED);
      }
    }
    assertServes();
  }

  // Requests.

  @Test
  void nothingIsServedBeforeHello() {
    for (var request :
        List.of(
            Request.newBuilder().setLease(LeaseRequest.newBuilder().setPreset("engram-1")),
            RawClient.describe(1),
            Request.newBuilder().setSamples(SamplesRequest.getDefaultInstance()),
            Request.newBuilder().setCredit(CreditRequest.getDefaultInstance()),
            Request.newBuilder())) {
      try (var client = RawClient.silent(started())) {
        assertThat(client.codeOf(request)).isEqualTo(Code.CODE_UNAUTHENTICATED);
        assertThat(client.isClosedByServer()).isTrue();
      }
    }
  }

  @Test
  void requestsBehindOneThatEndsTheConnectionAreNotServed() {
    try (var client = RawClient.silent(started());
        var other = client()) {
      client.write(RawClient.describe(1).setId(1).build());
      client.write(RawClient.helloRequest("").setId(2).build());
      client.write(
          Request.newBuilder()
              .setId(3)
              .setLease(LeaseRequest.newBuilder().setPreset("engram-1"))
              .build());
      client.flush();
      assertThat(client.receive().getError().getCode()).isEqualTo(Code.CODE_UNAUTHENTICATED);
      assertThat(client.receive()).isNull();
      assertThat(other.lease().getChip()).isEqualTo(1);
    }
  }

  @Test
  void anotherMajorVersionIsRefusedByNumber() {
    try (var client = RawClient.silent(started())) {
      var hello = HelloRequest.newBuilder().setProtocolMajor(2);
      var refused = client.refused(Request.newBuilder().setHello(hello));
      assertThat(refused.getCode()).isEqualTo(Code.CODE_FAILED_PRECONDITION);
      assertThat(refused.getMessage()).contains("protocol: 2 (expected: 1");
    }
  }

  @Test
  void aCallThatTheServerDoesNotKnowIsUnimplemented() throws Exception {
    try (var client = client()) {
      var unknown =
          Request.parseFrom(
              Request.newBuilder()
                  .setId(9)
                  .setUnknownFields(
                      com.google.protobuf.UnknownFieldSet.newBuilder()
                          .addField(
                              99,
                              com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                  .addLengthDelimited(ByteString.EMPTY)
                                  .build())
                          .build())
                  .build()
                  .toByteArray());
      client.sendAsIs(unknown);
      assertThat(client.receive(9).getError().getCode()).isEqualTo(Code.CODE_UNIMPLEMENTED);
    }
  }

  @Test
  void anIdThatIsOpenAlreadyEndsTheConnection() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      long run = client.send(RawClient.runForever(chip));
      client.sendAsIs(RawClient.describe(chip).setId(run).build());
      assertThat(client.receive(run).getError().getMessage()).contains("of no open request");
      assertThat(client.isClosedByServer()).isTrue();
    }
    assertServes();
  }

  @Test
  void enumValuesThatTheServerDoesNotKnowAreRefused() {
    try (var client = client()) {
      assertThat(
              client.codeOf(
                  Request.newBuilder()
                      .setLease(
                          LeaseRequest.newBuilder().setPreset("engram-1").setEngineValue(77))))
          .isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(
              client.codeOf(
                  Request.newBuilder()
                      .setLease(LeaseRequest.newBuilder().setPreset("engram-1").setNocValue(-1))))
          .isEqualTo(Code.CODE_INVALID_ARGUMENT);
      int chip = client.leaseWith(Networks.ECHO);
      assertThat(
              client.codeOf(
                  on(chip)
                      .setSubscribe(
                          SubscribeRequest.newBuilder()
                              .setPopulation("mouth")
                              .setOverflowValue(9))))
          .isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(
              client.codeOf(
                  on(chip)
                      .setInject(
                          InjectRequest.newBuilder()
                              .setPopulation("ear")
                              .setNeurons(Columns.ofInts(1))
                              .setLateValue(9))))
          .isEqualTo(Code.CODE_INVALID_ARGUMENT);
    }
  }

  @Test
  void badArgumentsLeaveTheChipAsItIs() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.call(RawClient.run(chip, 3));
      var before = client.digest(chip);
      var ear = InjectRequest.newBuilder().setPopulation("ear");
      var x = WriteRequest.Field.newBuilder().setPopulation("mouth").setField("v");
      var nerve = ReadRequest.Synapses.newBuilder().setProjection("nerve");
      var requests =
          List.of(
              on(chip).setInject(ear.clone().setNeurons(Columns.ofInts(4))),
              on(chip).setInject(ear.clone().setNeurons(Columns.ofInts(0, -1))),
              on(chip).setInject(ear.clone().setNeurons(ByteString.copyFrom(new byte[3]))),
              on(chip)
                  .setInject(ear.clone().setNeurons(Columns.ofInts(1, 2)).setPayloads(shorts(1))),
              on(chip)
                  .setInject(
                      ear.clone()
                          .setNeurons(Columns.ofInts(1, 2))
                          .setSteps(Columns.ofLongs(new long[] {9, 8}, 2))),
              on(chip)
                  .setInject(
                      ear.clone()
                          .setNeurons(Columns.ofInts(1))
                          .setSteps(Columns.ofLongs(new long[] {-1}, 1))),
              on(chip).setInject(ear.clone().setNeurons(Columns.ofInts(1)).setStep(-1)),
              on(chip).setInject(ear.clone().setPopulation("mouth").setNeurons(Columns.ofInts(1))),
              on(chip).setInject(ear.clone().setPopulation("nose")),
              on(chip).setWrite(WriteRequest.getDefaultInstance()),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setField(x.clone().setFirst(3).setValues(Columns.ofInts(1, 2)))),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setField(
                              x.clone().setFirst(Integer.MAX_VALUE).setValues(Columns.ofInts(1)))),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setField(x.clone().setFirst(-1).setValues(Columns.ofInts(1)))),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setField(x.clone().setValues(Columns.ofInts(Integer.MAX_VALUE)))),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setWeights(
                              WriteRequest.Weights.newBuilder()
                                  .setProjection("nerve")
                                  .setValues(Columns.ofInts(1)))),
              on(chip)
                  .setWrite(
                      WriteRequest.newBuilder()
                          .setRegister(WriteRequest.Register.newBuilder().setName("none"))),
              on(chip).setRead(ReadRequest.getDefaultInstance()),
              on(chip).setRead(ReadRequest.newBuilder().setRegister("none")),
              on(chip).setRead(ReadRequest.newBuilder().setSynapses(nerve.clone().setTag("no"))),
              on(chip)
                  .setRead(ReadRequest.newBuilder().setSynapses(nerve.clone().setFirstSource(5))),
              on(chip).setRead(ReadRequest.newBuilder().setSynapses(nerve.clone().setSources(-1))),
              on(chip)
                  .setRead(
                      ReadRequest.newBuilder()
                          .setSynapses(nerve.clone().setFirstSource(-2).setSources(3))),
              on(chip).setProbe(ProbeRequest.getDefaultInstance()),
              on(chip).setSubscribe(SubscribeRequest.newBuilder().setPopulation("ear")),
              on(chip)
                  .setSubscribe(
                      SubscribeRequest.newBuilder().setPopulation("mouth").setStream("none")),
              on(chip)
                  .setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth").setCore(-1)),
              on(chip)
                  .setRun(
                      RunRequest.newBuilder()
                          .setEvents(RunRequest.Events.newBuilder().setPopulation("nose"))),
              on(chip)
                  .setRun(
                      RunRequest.newBuilder()
                          .setRegister(RunRequest.Register.newBuilder().setName("none"))),
              on(chip).setPlay(PlayRequest.getDefaultInstance()),
              on(chip).setLoad(LoadRequest.getDefaultInstance()),
              on(chip).setLoad(LoadRequest.newBuilder().setImage(ByteString.copyFromUtf8("no"))),
              on(chip).setLoad(LoadRequest.newBuilder().setStoredImage("none")),
              on(chip)
                  .setLoad(
                      LoadRequest.newBuilder()
                          .setRecipe(
                              LoadRequest.Recipe.newBuilder()
                                  .setName("mnist")
                                  .setInputs(-1)
                                  .setClasses(2))),
              on(chip)
                  .setLoad(
                      LoadRequest.newBuilder()
                          .setRecipe(
                              LoadRequest.Recipe.newBuilder()
                                  .setName("mnist")
                                  .setInputs(10)
                                  .setClasses(2)
                                  .putSettings("hidden", "{a: b}"))),
              RawClient.loadYaml(chip, "network: [1, 2"),
              RawClient.loadYaml(chip, ""),
              RawClient.loadYaml(chip, "7"),
              on(chip).setRestore(RestoreRequest.newBuilder().setName("none")));
      for (var request : requests) {
        assertThat(client.refused(request).getCode())
            .as("%s", request)
            .isNotIn(Code.CODE_INTERNAL, Code.CODE_UNSPECIFIED, Code.UNRECOGNIZED);
        assertThat(client.digest(chip)).as("%s", request).isEqualTo(before);
      }
    }
  }

  private static ByteString shorts(int... values) {
    short[] all = new short[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) values[i];
    }
    return Columns.ofShorts(all, all.length);
  }

  @Test
  void numbersThatHaveNoSignAreNotTakenForSmallOnes() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      var many = RunRequest.Events.newBuilder().setPopulation("rain").setCount(-1);
      var run =
          client
              .call(on(chip).setRun(RunRequest.newBuilder().setEvents(many).setMostSteps(5)))
              .getRun();
      assertThat(run.getSteps()).isEqualTo(5);
      run =
          client
              .call(on(chip).setRun(RunRequest.newBuilder().setStep(-1).setMostSteps(5)))
              .getRun();
      assertThat(run.getSteps()).isEqualTo(5);
      long stream =
          client.send(
              on(chip)
                  .setSubscribe(SubscribeRequest.newBuilder().setPopulation("rain").setCredit(-1)));
      client.call(RawClient.run(chip, 2));
      assertThat(client.receive(stream).getEvents().getLost()).isZero();
      client.sendAsIs(
          Request.newBuilder()
              .setCredit(CreditRequest.newBuilder().setRequest(stream).setUnits(-1))
              .build());
      client.sendAsIs(
          Request.newBuilder()
              .setCredit(CreditRequest.newBuilder().setRequest(stream).setUnits(Long.MAX_VALUE))
              .build());
      client.call(RawClient.run(chip, 2));
      assertThat(client.receive(stream).getEvents().getLost()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "../x", "/etc/passwd", "a/b", "a\u0000b", ".hidden", "x\\y", "ä"})
  void fileNamesNeverLeaveTheStore(String name) {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      for (var request :
          List.of(
              on(chip).setSave(SaveRequest.newBuilder().setName(name)),
              on(chip).setRestore(RestoreRequest.newBuilder().setName(name)),
              on(chip).setLoad(LoadRequest.newBuilder().setStoredImage(name)),
              Request.newBuilder().setUpload(UploadRequest.newBuilder().setName(name)),
              Request.newBuilder().setDownload(DownloadRequest.newBuilder().setName(name)),
              Request.newBuilder().setRemove(RemoveRequest.newBuilder().setName(name)))) {
        assertThat(client.codeOf(request)).as("%s", request).isEqualTo(Code.CODE_INVALID_ARGUMENT);
      }
    }
  }

  // Many of them.

  @Test
  void tenThousandRequestsAreAnsweredOrRefused() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.STORM);
      long run = client.send(RawClient.runForever(chip));
      int requests = 10_000;
      var reader =
          Thread.ofVirtual()
              .unstarted(() -> {
                for (int i = 0; i < requests; i++) {
                  client.write(
                      on(chip)
                          .setId(100_000 + i)
                          .setRun(RunRequest.newBuilder().setSteps(1))
                          .build());
                }
                client.flush();
              });
      reader.start();
      var answered = new HashSet<Long>();
      while (answered.size() < requests) {
        var response = client.receive();
        assertThat(response.getError().getCode())
            .isIn(Code.CODE_RESOURCE_EXHAUSTED, Code.CODE_FAILED_PRECONDITION);
        answered.add(response.getId());
      }
      client.call(Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(run)));
      assertThat(client.last(run).hasRun()).isTrue();
      assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
    }
  }

  @Test
  void openStreamsAreLimitedInNumber() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      int most = Session.MOST_OPEN;
      for (int i = 0; i < most + 1; i++) {
        client.write(
            on(chip)
                .setId(10_000 + i)
                .setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth"))
                .build());
      }
      client.flush();
      var refused = client.receive();
      assertThat(refused.getId()).isEqualTo(10_000 + most);
      assertThat(refused.getError().getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
    }
  }

  // Samples.

  @Test
  void samplesBeforeTheirPlayHasRoomEndThePlay() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      var before = client.digest(chip);
      long play = client.nextId();
      client.write(on(chip).setId(play).setPlay(PlayRequest.getDefaultInstance()).build());
      client.write(
          Request.newBuilder()
              .setSamples(
                  SamplesRequest.newBuilder()
                      .setPlay(play)
                      .setCount(100_000)
                      .setValues(ByteString.copyFrom(new byte[1 << 20])))
              .build());
      client.flush();
      assertThat(client.last(play).getError().getCode()).isEqualTo(Code.CODE_RESOURCE_EXHAUSTED);
      assertThat(client.digest(chip)).isEqualTo(before);
    }
  }

  @Test
  void wrongSamplesEndThePlay() {
    var good =
        SamplesRequest.newBuilder()
            .setCount(2)
            .setValues(ByteString.copyFrom(new byte[2 * Networks.INPUTS]));
    var wrong =
        List.of(
            good.clone().setCount(-1),
            good.clone().setCount(Integer.MAX_VALUE),
            good.clone().setCount(0),
            good.clone().setCount(3),
            good.clone().setValueBytes(3),
            good.clone().setValueBytes(2),
            good.clone().addLabels(1),
            good.clone().addLabels(1).addLabels(Networks.CLASSES),
            SamplesRequest.newBuilder().setValues(ByteString.copyFrom(new byte[1 << 20])));
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      for (var samples : wrong) {
        long play = client.send(on(chip).setPlay(PlayRequest.getDefaultInstance()));
        assertThat(client.receive(play).getPlay().getRoom()).isPositive();
        client.sendAsIs(Request.newBuilder().setSamples(samples.setPlay(play)).build());
        assertThat(client.last(play).getError().getCode())
            .as("%s", samples.clearValues())
            .isIn(Code.CODE_INVALID_ARGUMENT, Code.CODE_RESOURCE_EXHAUSTED);
        assertThat(client.call(RawClient.run(chip, 1)).hasRun()).isTrue();
      }
    }
  }

  @Test
  void aRegisterThatIsRefusedLeavesTheOthersOfItsPlayAsTheyAre() {
    try (var client = client()) {
      int chip = ProtocolTest.leaseSsnn(client);
      var before = client.digest(chip);
      for (String bad : List.of("learn", "none")) {
        var play =
            PlayRequest.newBuilder().putRegisters("rate", 9).putRegisters(bad, Integer.MAX_VALUE);
        assertThat(client.refused(on(chip).setPlay(play)).getCode())
            .isIn(Code.CODE_INVALID_ARGUMENT, Code.CODE_NOT_FOUND);
        assertThat(client.digest(chip)).isEqualTo(before);
      }
    }
  }

  // Networks.

  @Test
  void aNetworkFarBeyondTheChipIsRefusedBeforeMemoryIsTaken() {
    var huge =
        List.of(
            """
            network: huge
            populations:
              a: {neurons: 16000000, external: true}
              b: {neurons: 16000000, program: neurons/lif THRESHOLD=64}
            projections:
              w: {from: a.spike, to: b.in, weights: s8 random 1.0 -1 1}
            """,
            """
            network: huge
            populations:
              a: {neurons: 8000, external: true}
              b: {neurons: 65000, program: neurons/lif THRESHOLD=64}
            projections:
              w: {from: a.spike, to: b.in, weights: s8 random 0.9 -1 1}
            """,
            """
            network: huge
            populations:
              b: {neurons: 16000000, program: neurons/lif THRESHOLD=64}
            projections:
              w: {from: b.spike, to: b.in, weights: s8 uniform 1}
            """,
            """
            network: huge
            populations:
              a: {neurons: 16000000, external: true}
              b: {neurons: 16000000, program: neurons/lif THRESHOLD=64}
            projections:
              w: {from: a.spike, to: b.in, weights: s8 one-to-one 1}
            """);
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      var before = client.digest(chip);
      for (String yaml : huge) {
        var refused = client.refused(RawClient.loadYaml(chip, yaml));
        assertThat(refused.getCode()).as("%s", refused).isEqualTo(Code.CODE_FAILED_PRECONDITION);
        assertThat(refused.getMessage()).as(yaml).contains("expected: at most");
      }
      assertThat(client.digest(chip)).isEqualTo(before);
    }
  }

  @Test
  void yamlBombsAreRefused() {
    String laughs =
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + IntStream.range(0, 20)
                .mapToObj(i -> {
                  char own = (char) ('b' + i);
                  String last = "*" + (char) (own - 1);
                  return own + ": &" + own + " [" + (last + ",").repeat(9) + last + "]\n";
                })
                .collect(Collectors.joining())
            + "network: *u\n";
    String deep = "network: " + "[".repeat(100_000);
    String faults =
        "network: {"
            + IntStream.range(0, 200_000).mapToObj(i -> "k" + i).collect(Collectors.joining(","))
            + "}";
    String keys =
        IntStream.range(0, 200_000).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining());
    try (var client = client()) {
      int chip = client.lease().getChip();
      for (String bomb : List.of(laughs, deep, faults, keys)) {
        var refused = client.refused(RawClient.loadYaml(chip, bomb));
        assertThat(refused.getCode()).isEqualTo(Code.CODE_INVALID_ARGUMENT);
        assertThat(refused.getSerializedSize()).isLessThan(1 << 20);
      }
    }
  }

  @Test
  void aProgramThatIsNestedTooDeeplyIsRefused() {
    String yaml =
        """
        network: deep
        populations:
          cell: {neurons: 4, program: ./deep}
        """;
    String deep =
        ".program neuron deep\n.const X = "
            + "(".repeat(200_000)
            + "1"
            + ")".repeat(200_000)
            + "\n";
    try (var client = client()) {
      int chip = client.lease().getChip();
      var network = LoadRequest.Network.newBuilder().setYaml(yaml).putPrograms("deep", deep);
      var refused = client.refused(on(chip).setLoad(LoadRequest.newBuilder().setNetwork(network)));
      assertThat(refused.getCode()).isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(client.call(RawClient.describe(chip)).hasDescribe()).isTrue();
    }
  }
}
