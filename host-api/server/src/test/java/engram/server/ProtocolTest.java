package engram.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import engram.chip.Chip;
import engram.chip.SamplePlayer;
import engram.isa.image.ImageCodec;
import engram.protocol.Columns;
import engram.protocol.v1.CancelRequest;
import engram.protocol.v1.Code;
import engram.protocol.v1.CostRequest;
import engram.protocol.v1.DownloadRequest;
import engram.protocol.v1.FilesRequest;
import engram.protocol.v1.HelloRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.KeepAliveRequest;
import engram.protocol.v1.LatePolicy;
import engram.protocol.v1.ListRequest;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.PlayResponse;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.RemoveRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.ResetRequest;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.RunEnd;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SamplesRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.UploadRequest;
import engram.protocol.v1.WriteRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Every call does what its comment in the protocol says, to the bit what a chip without a server
/// does.
class ProtocolTest extends ServerTest {
  private static Request.Builder on(int chip) {
    return Request.newBuilder().setChip(chip);
  }

  private static void assertSame(RawClient client, int number, Chip chip) {
    var digest = client.digest(number);
    assertThat(digest.getState()).isEqualTo(chip.stateDigest());
    assertThat(digest.getCost()).isEqualTo(chip.costDigest());
    assertThat(digest.getStep()).isEqualTo(chip.timestep());
  }

  @Test
  void helloSaysWhatTheServerIs() throws Exception {
    try (var client = RawClient.silent(started())) {
      var hello =
          client
              .call(
                  Request.newBuilder()
                      .setHello(
                          HelloRequest.newBuilder().setProtocolMajor(1).setWantDescriptors(true)))
              .getHello();
      assertThat(hello.getProtocolMajor()).isEqualTo(1);
      assertThat(hello.getServer()).isEqualTo("engram test");
      assertThat(hello.getMaxFrameBytes()).isEqualTo(16 << 20);
      assertThat(hello.getMaxOpenRequests()).isPositive();
      var files = FileDescriptorSet.parseFrom(hello.getDescriptors()).getFileList();
      assertThat(files).anyMatch(f -> f.getName().equals("engram/v1/frame.proto"));
    }
  }

  @Test
  void listShowsPoolsAndLeases() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.call(RawClient.run(chip, 3));
      var list = client.call(Request.newBuilder().setList(ListRequest.getDefaultInstance()));
      assertThat(list.getList().getPools(0).getPreset()).isEqualTo("engram-1");
      assertThat(list.getList().getPools(0).getChips()).isEqualTo(4);
      assertThat(list.getList().getPools(0).getFree()).isEqualTo(3);
      var lease = list.getList().getLeases(0);
      assertThat(lease.getNetwork()).isEqualTo("echo");
      assertThat(lease.getStep()).isEqualTo(3);
      assertThat(lease.getAttached()).isTrue();
      assertThat(lease.getRunning()).isFalse();
    }
  }

  @Test
  void aNetworkFromTextRunsAsInProcess() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.leaseWith(Networks.DICE);
      var run = client.call(RawClient.run(number, 50)).getRun();
      chip.run(50);
      assertThat(run.getEnd()).isEqualTo(RunEnd.RUN_END_DONE);
      assertThat(run.getSteps()).isEqualTo(50);
      assertThat(run.getStep()).isEqualTo(50);
      assertSame(client, number, chip);
    }
  }

  @Test
  void anImageRunsAsInProcess() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.lease().getChip();
      byte[] image = ImageCodec.encode(Networks.image(Networks.DICE));
      var load = LoadRequest.newBuilder().setImage(ByteString.copyFrom(image));
      var answer = client.call(on(number).setLoad(load)).getLoad();
      assertThat(answer.getReport()).contains("synapse memory");
      client.call(RawClient.run(number, 20));
      chip.run(20);
      assertSame(client, number, chip);
    }
  }

  @Test
  void ownProgramsComeWithTheNetwork() {
    String shy =
        """
        .program neuron shy
        .acc    in : s16
        .stream spike history 2
        .active touched
                ld    r0, in
                ld    r1, spike@1
                cmpgt p1, r0, 0
                cmpeq p2, r1, 0
                pand  p1, p1, p2
          (p1)  emit  spike
        """;
    String yaml =
        """
        network: shy
        populations:
          rain: {neurons: 4, program: encoders/bernoulli, values: {x: 256}}
          cell: {neurons: 4, program: ./shy}
        projections:
          wire: {from: rain.spike, to: cell.in, weights: s8 one-to-one 1}
        """;
    try (var client = client()) {
      int chip = client.lease().getChip();
      var network = LoadRequest.Network.newBuilder().setYaml(yaml);
      var without = client.refused(on(chip).setLoad(LoadRequest.newBuilder().setNetwork(network)));
      assertThat(without.getCode()).isEqualTo(Code.CODE_INVALID_ARGUMENT);
      assertThat(without.getMessage()).contains("./shy");
      network.putPrograms("shy", shy);
      client.call(on(chip).setLoad(LoadRequest.newBuilder().setNetwork(network)));
      var until = RunRequest.Events.newBuilder().setPopulation("cell").setCount(8);
      var run = client.call(on(chip).setRun(RunRequest.newBuilder().setEvents(until))).getRun();
      assertThat(run.getSteps()).isEqualTo(4);
    }
  }

  @Test
  void verifyOnlyLeavesTheChipAsItIs() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(chip, 5));
      var before = client.digest(chip);
      var request = RawClient.loadYaml(chip, Networks.ECHO);
      request.getLoadBuilder().setVerifyOnly(true);
      assertThat(client.call(request).getLoad().getReport()).contains("mouth");
      assertThat(client.digest(chip)).isEqualTo(before);
    }
  }

  @Test
  void describeTellsNamesAndShapes() {
    try (var client = client()) {
      int chip = client.lease().getChip();
      assertThat(client.call(RawClient.describe(chip)).getDescribe().getNetwork()).isEmpty();
      client.call(RawClient.loadYaml(chip, Networks.ECHO));
      var echo = client.call(RawClient.describe(chip)).getDescribe();
      assertThat(echo.getNetwork()).isEqualTo("echo");
      assertThat(echo.getPopulations(0).getExternal()).isTrue();
      assertThat(echo.getPopulations(1).getStreamsList()).containsExactly("spike");
      assertThat(echo.getProjections(0).getWeightBits()).isEqualTo(8);
      assertThat(echo.getProjections(0).getTarget()).isEqualTo("mouth.in");
    }
  }

  @Test
  void injectedEventsArriveInTheStepThatTheyName() {
    try (var client = client();
        var chip = Networks.chip(Networks.ECHO)) {
      int number = client.leaseWith(Networks.ECHO);
      var subscribed =
          client.send(
              on(number).setSubscribe(SubscribeRequest.newBuilder().setPopulation("mouth")));
      var inject =
          InjectRequest.newBuilder()
              .setPopulation("ear")
              .setNeurons(Columns.ofInts(2, 0, 3))
              .setSteps(Columns.ofLongs(new long[] {1, 4, 4}, 3));
      var taken = client.call(on(number).setInject(inject)).getInject();
      assertThat(taken.getAccepted()).isEqualTo(3);
      client.call(RawClient.run(number, 10));
      for (int step = 0; step < 10; step++) {
        if (step == 1) {
          chip.inject("ear", 2, 1);
        } else if (step == 4) {
          chip.inject("ear", 0, 1);
          chip.inject("ear", 3, 1);
        }
        chip.step();
      }
      assertSame(client, number, chip);
      var first = client.receive(subscribed).getEvents();
      assertThat(Columns.longs("steps", first.getSteps())).containsExactly(3);
      assertThat(Columns.ints("neurons", first.getNeurons())).containsExactly(2);
      var second = client.receive(subscribed).getEvents();
      assertThat(Columns.longs("steps", second.getSteps())).containsExactly(6, 6);
      assertThat(Columns.ints("neurons", second.getNeurons())).containsExactly(0, 3);
    }
  }

  @Test
  void lateEventsFollowTheirPolicy() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      client.call(RawClient.run(chip, 5));
      var late =
          InjectRequest.newBuilder()
              .setPopulation("ear")
              .setNeurons(Columns.ofInts(0, 1))
              .setSteps(Columns.ofLongs(new long[] {2, 6}, 2));
      assertThat(client.codeOf(on(chip).setInject(late))).isEqualTo(Code.CODE_OUT_OF_RANGE);
      var dropped =
          client.call(on(chip).setInject(late.setLate(LatePolicy.LATE_POLICY_DROP))).getInject();
      assertThat(dropped.getAccepted()).isEqualTo(1);
      assertThat(dropped.getDropped()).isEqualTo(1);
      var moved =
          client
              .call(on(chip).setInject(late.setLate(LatePolicy.LATE_POLICY_NEXT_STEP)))
              .getInject();
      assertThat(moved.getAccepted()).isEqualTo(2);
      assertThat(moved.getLate()).isEqualTo(1);
    }
  }

  @Test
  void aProbeReadsWhatAReadReads() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      var field = ReadRequest.Field.newBuilder().setPopulation("cell").setField("v");
      long probe =
          client.send(
              on(chip)
                  .setProbe(
                      ProbeRequest.newBuilder()
                          .setField(field)
                          .setEverySteps(5)
                          .setOverflow(OverflowPolicy.OVERFLOW_POLICY_BLOCK)));
      client.call(RawClient.run(chip, 10));
      assertThat(client.receive(probe).getProbe().getStep()).isEqualTo(5);
      var second = client.receive(probe).getProbe();
      assertThat(second.getStep()).isEqualTo(10);
      var read = client.call(on(chip).setRead(ReadRequest.newBuilder().setField(field))).getRead();
      assertThat(second.getWords().getValues()).isEqualTo(read.getValues());
      var cancelled =
          client.call(Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(probe)));
      assertThat(cancelled.getCancel().getFound()).isTrue();
      assertThat(client.last(probe).getError().getCode()).isEqualTo(Code.CODE_CANCELLED);
    }
  }

  @Test
  void aProbeOnChangeIsSilentWhileNothingChanges() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.ECHO);
      long probe =
          client.send(
              on(chip)
                  .setProbe(
                      ProbeRequest.newBuilder()
                          .setOnChange(true)
                          .setField(
                              ReadRequest.Field.newBuilder()
                                  .setPopulation("mouth")
                                  .setField("in"))));
      var inject =
          InjectRequest.newBuilder().setPopulation("ear").setNeurons(Columns.ofInts(1)).setStep(4);
      client.call(on(chip).setInject(inject));
      client.call(RawClient.run(chip, 20));
      var steps = new ArrayList<Long>();
      client.call(Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(probe)));
      for (var r = client.receive(probe); r.getMore(); r = client.receive(probe)) {
        steps.add(r.getProbe().getStep());
      }
      assertThat(steps).containsExactly(1L, 7L, 8L);
    }
  }

  @Test
  void wordsAreWrittenAndReadBack() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.leaseWith(Networks.DICE);
      int[] weights = chip.weights("wire");
      for (int i = 0; i < weights.length; i++) {
        weights[i] = i % 5;
      }
      chip.writeWeights("wire", weights);
      chip.write("dice", "x", 10, 1, 2, 3);
      chip.setClock(3L << 32);
      var field =
          WriteRequest.Field.newBuilder()
              .setPopulation("dice")
              .setField("x")
              .setFirst(10)
              .setValues(Columns.ofInts(1, 2, 3));
      client.call(
          on(number)
              .setWrite(
                  WriteRequest.newBuilder()
                      .setWeights(
                          WriteRequest.Weights.newBuilder()
                              .setProjection("wire")
                              .setValues(Columns.ofInts(weights)))));
      client.call(on(number).setWrite(WriteRequest.newBuilder().setField(field)));
      client.call(on(number).setWrite(WriteRequest.newBuilder().setClock(3L << 32)));
      client.call(RawClient.run(number, 7));
      chip.run(7);
      assertSame(client, number, chip);
      var some =
          ReadRequest.Synapses.newBuilder().setProjection("wire").setFirstSource(2).setSources(3);
      var read =
          client.call(on(number).setRead(ReadRequest.newBuilder().setSynapses(some))).getRead();
      assertThat(read.getRows()).isEqualTo(3);
      assertThat(read.getColumns()).isEqualTo(64);
      assertThat(Columns.ints("values", read.getValues())).isEqualTo(chip.weights("wire", 2, 3));
      assertThat(read.getSources()).isEqualTo(64);
    }
  }

  @Test
  void synapsesAreReadAsFarAsTheyFitAndWrittenSourceBySource() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.leaseWith(Networks.DICE);
      var wire = ReadRequest.Synapses.newBuilder().setProjection("wire").setFirstSource(60);
      for (int mostBytes : new int[] {1, 256, 600}) {
        var request =
            on(number).setRead(ReadRequest.newBuilder().setSynapses(wire.setMostBytes(mostBytes)));
        var read = client.call(request).getRead();
        int rows = Math.max(1, mostBytes / 256);
        assertThat(read.getRows()).isEqualTo(rows);
        assertThat(Columns.ints("values", read.getValues()))
            .isEqualTo(chip.weights("wire", 60, rows));
      }
      int[] two = new int[128];
      Arrays.fill(two, -3);
      chip.writeWeights("wire", 5, two);
      var weights =
          WriteRequest.Weights.newBuilder().setProjection("wire").setValues(Columns.ofInts(two));
      assertThat(client.codeOf(on(number).setWrite(WriteRequest.newBuilder().setWeights(weights))))
          .isEqualTo(Code.CODE_INVALID_ARGUMENT);
      for (int first : new int[] {63, -1}) {
        assertThat(
                client.codeOf(
                    on(number)
                        .setWrite(
                            WriteRequest.newBuilder().setWeights(weights.setFirstSource(first)))))
            .isEqualTo(Code.CODE_INVALID_ARGUMENT);
      }
      client.call(
          on(number).setWrite(WriteRequest.newBuilder().setWeights(weights.setFirstSource(5))));
      client.call(RawClient.run(number, 7));
      chip.run(7);
      assertSame(client, number, chip);
    }
  }

  @Test
  void costIsTheChipsOwn() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(number, 9));
      chip.run(9);
      var cost =
          client.call(on(number).setCost(CostRequest.getDefaultInstance())).getCost().getCost();
      assertThat(cost.getCycles()).isEqualTo(chip.cost().cycles());
      assertThat(cost.getCountsOrThrow("steps")).isEqualTo(9);
      assertThat(cost).isEqualTo(Readings.cost(chip, chip.cost()));
    }
  }

  @Test
  void resetGoesBackToStepZero() {
    try (var client = client();
        var chip = Networks.chip(Networks.DICE)) {
      int number = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(number, 9));
      client.call(on(number).setReset(ResetRequest.getDefaultInstance()));
      assertThat(client.digest(number).getState()).isEqualTo(chip.stateDigest());
    }
  }

  @Test
  void runsEndWhereTheyAreToldTo() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      var until = client.call(on(chip).setRun(RunRequest.newBuilder().setStep(12))).getRun();
      assertThat(until.getSteps()).isEqualTo(12);
      var most = client.call(on(chip).setRun(RunRequest.newBuilder().setMostSteps(4))).getRun();
      assertThat(most.getEnd()).isEqualTo(RunEnd.RUN_END_MOST_STEPS);
      assertThat(most.getStep()).isEqualTo(16);
      var paced =
          client
              .call(on(chip).setRun(RunRequest.newBuilder().setSteps(5).setStepUs(1000)))
              .getRun();
      assertThat(paced.getSteps()).isEqualTo(5);
      assertThat(paced.getSeconds()).isGreaterThanOrEqualTo(0.004);
      assertThat(client.codeOf(on(chip).setRun(RunRequest.newBuilder().setStep(3))))
          .isEqualTo(Code.CODE_OUT_OF_RANGE);
    }
  }

  @Test
  void aFreeRunIsServedBetweenStepsAndEndsWhenCancelled() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      long run = client.send(RawClient.runForever(chip));
      long first = client.digest(chip).getStep();
      assertThat(client.call(RawClient.describe(chip)).getDescribe().getRunning()).isTrue();
      assertThat(client.digest(chip).getStep()).isGreaterThanOrEqualTo(first);
      client.call(Request.newBuilder().setCancel(CancelRequest.newBuilder().setRequest(run)));
      assertThat(client.last(run).getRun().getEnd()).isEqualTo(RunEnd.RUN_END_CANCELLED);
    }
  }

  @Test
  void playingTeachesAsInProcess() {
    try (var client = client();
        var chip = Networks.ssnnChip()) {
      int number = leaseSsnn(client);
      int samples = 100;
      byte[] values = values(samples);
      int[] labels = labels(samples);
      var answers = new ArrayList<Integer>();
      chip.setRegister("rate", 30_000);
      play(chip, values, labels, samples, answers);

      long id =
          client.send(
              on(number)
                  .setPlay(
                      PlayRequest.newBuilder()
                          .setLearn(true)
                          .setVotes(true)
                          .putRegisters("rate", 30_000)));
      sendSamples(client, id, values, labels, samples);
      var results = results(client, id);
      assertThat(results.answers()).isEqualTo(answers);
      assertThat(results.end().getSamples()).isEqualTo(samples);
      assertThat(results.end().getCancelled()).isFalse();
      assertThat(client.digest(number).getState()).isEqualTo(chip.stateDigest());
      assertThat(client.digest(number).getCost()).isEqualTo(chip.costDigest());
    }
  }

  @Test
  void aPlayOnACopyLeavesTheChipAsItIs() {
    try (var client = client();
        var chip = Networks.ssnnChip()) {
      int number = leaseSsnn(client);
      var before = client.digest(number);
      var answers = new ArrayList<Integer>();
      play(chip, values(20), labels(20), 20, answers);
      long id =
          client.send(on(number).setPlay(PlayRequest.newBuilder().setLearn(true).setOnCopy(true)));
      sendSamples(client, id, values(20), labels(20), 20);
      assertThat(results(client, id).answers()).isEqualTo(answers);
      assertThat(client.digest(number)).isEqualTo(before);
    }
  }

  static int leaseSsnn(RawClient client) {
    int chip = client.lease().getChip();
    client.call(
        on(chip)
            .setLoad(
                LoadRequest.newBuilder()
                    .setRecipe(
                        LoadRequest.Recipe.newBuilder()
                            .setName("mnist")
                            .setInputs(Networks.INPUTS)
                            .setClasses(Networks.CLASSES)
                            .setSeed(Networks.SEED)
                            .putAllSettings(Networks.SMALL_SSNN))));
    return chip;
  }

  static byte[] values(int samples) {
    byte[] values = new byte[samples * Networks.INPUTS];
    new Random(1).nextBytes(values);
    return values;
  }

  static int[] labels(int samples) {
    return new Random(2).ints(samples, 0, Networks.CLASSES).toArray();
  }

  static void play(Chip chip, byte[] values, int[] labels, int samples, List<Integer> answers) {
    var player =
        new SamplePlayer(
            chip,
            (_, votes) -> {
              int best = -1;
              for (int i = 0; i < votes.length; i++) {
                best = votes[i] > 0 && (best < 0 || votes[i] > votes[best]) ? i : best;
              }
              answers.add(best);
            });
    int[] sample = new int[Networks.INPUTS];
    int steps = chip.image().samples().orElseThrow().steps();
    for (int s = 0; s < samples; s++) {
      for (int i = 0; i < sample.length; i++) {
        sample[i] = values[s * sample.length + i] & 0xFF;
      }
      player.present(sample, labels[s], true, s, s, steps);
    }
    player.drain();
  }

  static void sendSamples(RawClient client, long play, byte[] values, int[] labels, int samples) {
    assertThat(client.receive(play).getPlay().getRoom()).isGreaterThanOrEqualTo(samples);
    sendInBatches(client, play, values, labels, samples);
  }

  /// Sends samples of a play that has told its room, and ends it.
  static void sendRest(RawClient client, long play, int samples) {
    sendInBatches(client, play, values(samples), labels(samples), samples);
  }

  /// Sends samples of a play that has told its room, and leaves it open.
  static void sendAll(RawClient client, long play, int samples) {
    client.sendAsIs(
        Request.newBuilder()
            .setSamples(
                SamplesRequest.newBuilder()
                    .setPlay(play)
                    .setCount(samples)
                    .setValues(ByteString.copyFrom(values(samples))))
            .build());
  }

  private static void sendInBatches(
      RawClient client, long play, byte[] values, int[] labels, int samples) {
    int batch = 16;
    for (int first = 0; first < samples; first += batch) {
      int count = Math.min(batch, samples - first);
      var some =
          SamplesRequest.newBuilder()
              .setPlay(play)
              .setCount(count)
              .setLast(first + count == samples)
              .setValues(
                  ByteString.copyFrom(values, first * Networks.INPUTS, count * Networks.INPUTS));
      for (int i = first; i < first + count; i++) {
        some.addLabels(labels[i]);
      }
      client.sendAsIs(Request.newBuilder().setSamples(some).build());
    }
  }

  /// What a play has sent to its end.
  record Results(List<Integer> answers, PlayResponse end) {}

  static Results results(RawClient client, long play) {
    var answers = new ArrayList<Integer>();
    while (true) {
      var response = client.receive(play);
      if (response.hasError()) {
        throw new RawClient.Refused(response.getError());
      }
      answers.addAll(response.getPlay().getAnswersList());
      if (!response.getMore()) {
        return new Results(answers, response.getPlay());
      }
    }
  }

  @Test
  void aSavedStateComesBackInAnotherLease() {
    try (var client = client()) {
      int chip = client.leaseWith(Networks.DICE);
      client.call(RawClient.run(chip, 11));
      var save = SaveRequest.newBuilder().setName("mine").setNote("eleven");
      var saved = client.call(on(chip).setSave(save)).getSave();
      assertThat(saved.getStep()).isEqualTo(11);
      var before = client.digest(chip);
      int other = client.lease().getChip();
      var restored =
          client
              .call(on(other).setRestore(RestoreRequest.newBuilder().setName("mine")))
              .getRestore();
      assertThat(restored.getStep()).isEqualTo(11);
      assertThat(restored.getNote()).isEqualTo("eleven");
      assertThat(client.digest(other).getState()).isEqualTo(before.getState());
    }
  }

  @Test
  void filesGoUpAndDownInPieces() {
    try (var client = client()) {
      byte[] image = ImageCodec.encode(Networks.image(Networks.ECHO));
      int half = image.length / 2;
      upload(client, "echo.img", 0, ByteString.copyFrom(image, 0, half), false);
      var files = client.call(Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()));
      assertThat(files.getFiles().getFilesList()).isEmpty();
      upload(client, "echo.img", half, ByteString.copyFrom(image, half, image.length - half), true);
      int chip = client.lease().getChip();
      client.call(on(chip).setLoad(LoadRequest.newBuilder().setStoredImage("echo.img")));
      var all = ByteString.EMPTY;
      while (all.size() < image.length) {
        var down =
            DownloadRequest.newBuilder()
                .setName("echo.img")
                .setOffset(all.size())
                .setMostBytes(1000);
        var piece = client.call(Request.newBuilder().setDownload(down)).getDownload();
        assertThat(piece.getBytes()).isEqualTo(image.length);
        all = all.concat(piece.getData());
      }
      assertThat(all.toByteArray()).isEqualTo(image);
      files = client.call(Request.newBuilder().setFiles(FilesRequest.getDefaultInstance()));
      assertThat(files.getFiles().getFiles(0).getBytes()).isEqualTo(image.length);
      var remove = RemoveRequest.newBuilder().setName("echo.img");
      client.call(Request.newBuilder().setRemove(remove));
      assertThat(client.codeOf(Request.newBuilder().setRemove(remove)))
          .isEqualTo(Code.CODE_NOT_FOUND);
    }
  }

  static void upload(RawClient client, String name, long offset, ByteString piece, boolean last) {
    client.call(
        Request.newBuilder()
            .setUpload(
                UploadRequest.newBuilder()
                    .setName(name)
                    .setOffset(offset)
                    .setData(piece)
                    .setLast(last)));
  }

  @Test
  void keepAliveAndRelease() {
    try (var client = client()) {
      int chip = client.lease().getChip();
      var alive = client.call(on(chip).setKeepAlive(KeepAliveRequest.getDefaultInstance()));
      assertThat(alive.getKeepAlive().getTimeToLiveS()).isEqualTo(60);
      client.call(on(chip).setRelease(ReleaseRequest.getDefaultInstance()));
      assertThat(client.codeOf(RawClient.describe(chip))).isEqualTo(Code.CODE_NOT_FOUND);
      var list = client.call(Request.newBuilder().setList(ListRequest.getDefaultInstance()));
      assertThat(list.getList().getPools(0).getFree()).isEqualTo(4);
    }
  }
}
