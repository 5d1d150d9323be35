package engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.CancelResponse;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.LoadResponse;
import engram.protocol.v1.ReadResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.ResetResponse;
import engram.protocol.v1.RunResponse;
import engram.protocol.v1.Status;
import engram.protocol.v1.WriteResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallTest {
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
  void requestsGoOutBeforeEarlierOnesAreAnsweredAndAnswersComeInAnyOrder() {
    var first = chip.describeAsync();
    var second = chip.readRegisterAsync("rate");
    var third = chip.resetAsync();
    var describe = peer.take(CallCase.DESCRIBE);
    var read = peer.take(CallCase.READ);
    var reset = peer.take(CallCase.RESET);
    peer.reply(FakePeer.to(reset).setReset(ResetResponse.getDefaultInstance()));
    Failures.soon(third);
    peer.reply(FakePeer.to(read).setRead(ReadResponse.newBuilder().setValues(Columns.ofInts(-5))));
    assertThat(Failures.soon(second)).isEqualTo(-5);
    assertThat(first).isNotDone();
    peer.reply(FakePeer.to(describe).setDescribe(DescribeResponse.newBuilder().setNetwork("n")));
    assertThat(Failures.soon(first).getNetwork()).isEqualTo("n");
  }

  /// What an answer sets off runs on the connection's own thread, and must not overtake what waits
  /// for that thread.
  @Test
  void callsKeepTheirOrderFromWhateverThread() {
    var both =
        chip.describeAsync()
            .thenAccept(_ -> {
              CompletableFuture.runAsync(() -> chip.writeClockAsync(1)).join();
              chip.writeClockAsync(2);
            });
    var describe = peer.take(CallCase.DESCRIBE);
    peer.reply(FakePeer.to(describe).setDescribe(DescribeResponse.getDefaultInstance()));
    assertThat(peer.take(CallCase.WRITE).getWrite().getClock()).isEqualTo(1);
    assertThat(peer.take(CallCase.WRITE).getWrite().getClock()).isEqualTo(2);
    Failures.soon(both);
  }

  @Test
  void everyRequestNamesTheChipAndTheDeadline() {
    chip.describeAsync();
    var request = peer.take(CallCase.DESCRIBE);
    assertThat(request.getChip()).isEqualTo(FakePeer.CHIP);
    assertThat(request.getDeadlineMs()).isEqualTo(60_000);
    chip.withDeadline(Duration.ofMillis(1500)).describeAsync();
    assertThat(peer.take(CallCase.DESCRIBE).getDeadlineMs()).isEqualTo(1500);
    chip.runAsync(3);
    assertThat(peer.take(CallCase.RUN).getDeadlineMs()).isZero();
    chip.withDeadline(Duration.ofSeconds(2)).runAsync(3);
    assertThat(peer.take(CallCase.RUN).getDeadlineMs()).isEqualTo(2000);
  }

  @Test
  void aRefusalComesAsTheServerWordedIt() {
    var answer = CompletableFuture.supplyAsync(() -> chip.load(Firmware.image(new byte[] {1, 2})));
    var request = peer.take(CallCase.LOAD);
    assertThat(request.getLoad().getImage()).isEqualTo(ByteString.copyFrom(new byte[] {1, 2}));
    peer.reply(
        FakePeer.to(request)
            .setError(
                Status.newBuilder()
                    .setCodeValue(Code.RESOURCE_EXHAUSTED.number())
                    .setMessage("no room")
                    .addReasons("a: 3 (expected: < 2)")
                    .addReasons("b")
                    .setSubject("hidden")
                    .setRetryAfterMs(250)));
    assertThat(Failures.of(answer))
        .hasMessage("no room")
        .returns(Code.RESOURCE_EXHAUSTED, EngramException::code)
        .returns("hidden", EngramException::subject)
        .returns(Duration.ofMillis(250), e -> e.retryAfter().orElseThrow())
        .satisfies(e -> assertThat(e.reasons()).containsExactly("a: 3 (expected: < 2)", "b"));
  }

  @Test
  void aLostConnectionFailsAllOpenCalls() {
    var describe = chip.describeAsync();
    var run = chip.runAsync(RunOptions.untilStopped());
    var stream = chip.subscribe("out");
    peer.take(CallCase.DESCRIBE);
    peer.take(CallCase.RUN);
    peer.take(CallCase.SUBSCRIBE);
    peer.cut();
    assertThat(Failures.of(describe).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(Failures.of(run).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(Failures.of(() -> stream.next(Duration.ofSeconds(240))).code())
        .isEqualTo(Code.UNAVAILABLE);
    assertThat(Failures.of(chip::describe).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void garbageFromTheServerEndsTheConnection() {
    var answer = chip.describeAsync();
    peer.take(CallCase.DESCRIBE);
    peer.write(new byte[] {3, -1, -1, -1});
    assertThat(Failures.of(answer))
        .hasMessageContaining("frame of 3 bytes")
        .returns(Code.UNAVAILABLE, EngramException::code);
    peer.awaitEnd();
  }

  @Test
  void anAnswerOfTheWrongKindIsNoAnswer() {
    var answer = chip.describeAsync();
    peer.reply(
        FakePeer.to(peer.take(CallCase.DESCRIBE)).setReset(ResetResponse.getDefaultInstance()));
    assertThat(Failures.of(answer))
        .hasMessage("response: RESET (expected: DESCRIBE)")
        .returns(Code.INTERNAL, EngramException::code);
  }

  @Test
  void aColumnThatIsCutIsNoAnswer() {
    var answer = chip.readFieldAsync("hidden", "v");
    peer.reply(
        FakePeer.to(peer.take(CallCase.READ))
            .setRead(ReadResponse.newBuilder().setValues(ByteString.copyFrom(new byte[5]))));
    assertThat(Failures.of(answer)).hasMessageContaining("values: 5 bytes");
    var other = chip.readFieldAsync("hidden", "v");
    peer.reply(
        FakePeer.to(peer.take(CallCase.READ))
            .setRead(
                ReadResponse.newBuilder()
                    .setValues(Columns.ofInts(1, 2))
                    .setRows(1)
                    .setColumns(3)));
    assertThat(Failures.of(other)).hasMessageContaining("values: 2 (expected: 3, 1 rows of 3)");
  }

  @Test
  void cancellingAFutureCancelsTheRequest() {
    var answer = chip.describeAsync();
    var request = peer.take(CallCase.DESCRIBE);
    answer.cancel(true);
    assertThat(peer.take(CallCase.CANCEL).getCancel().getRequest()).isEqualTo(request.getId());
    peer.refuse(request, engram.protocol.v1.Code.CODE_CANCELLED, "cancelled");
    var next = chip.resetAsync();
    peer.reply(FakePeer.to(peer.take(CallCase.RESET)).setReset(ResetResponse.getDefaultInstance()));
    Failures.soon(next);
    assertThat(answer).isCancelled();
  }

  @Test
  void cancellingWhatIsAnsweredAsksForNothing() {
    var answer = chip.resetAsync();
    peer.reply(FakePeer.to(peer.take(CallCase.RESET)).setReset(ResetResponse.getDefaultInstance()));
    Failures.soon(answer);
    assertThat(answer.cancel(true)).isFalse();
    chip.describeAsync();
    peer.take(CallCase.DESCRIBE);
  }

  @Test
  void anInterruptedCallIsCancelled() {
    var worker = new Thread(() -> Failures.of(() -> chip.describe()));
    worker.start();
    peer.take(CallCase.DESCRIBE);
    worker.interrupt();
    peer.take(CallCase.CANCEL);
  }

  @Test
  void aStoppedRunTellsHowFarItCame() {
    var run = chip.runAsync(RunOptions.untilStopped().atMost(1000).paced(Duration.ofMillis(1)));
    var request = peer.take(CallCase.RUN);
    assertThat(request.getRun().getMostSteps()).isEqualTo(1000);
    assertThat(request.getRun().getStepUs()).isEqualTo(1000);
    run.stop();
    peer.take(CallCase.CANCEL);
    peer.reply(
        FakePeer.to(request)
            .setRun(
                RunResponse.newBuilder()
                    .setEnd(engram.protocol.v1.RunEnd.RUN_END_CANCELLED)
                    .setSteps(17)));
    assertThat(run.result())
        .returns(RunEnd.CANCELLED, RunResult::end)
        .returns(17L, RunResult::steps);
  }

  @Test
  void aServerThatDoesNotKeepADeadlineDoesNotHoldTheCaller() {
    var answer = chip.withDeadline(Duration.ofMillis(5)).describeAsync();
    var request = peer.take(CallCase.DESCRIBE);
    assertThat(Failures.of(answer))
        .hasMessageContaining("no answer in 5 ms")
        .returns(Code.DEADLINE_EXCEEDED, EngramException::code);
    peer.reply(FakePeer.to(request).setDescribe(DescribeResponse.getDefaultInstance()));
    var next = chip.describeAsync();
    peer.reply(
        FakePeer.to(peer.take(CallCase.DESCRIBE))
            .setDescribe(DescribeResponse.newBuilder().setNetwork("n")));
    assertThat(Failures.soon(next).getNetwork()).isEqualTo("n");
  }

  @Test
  void moreOpenRequestsThanTheServerTakesAreRefusedAtHome() {
    var open = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < FakePeer.MOST_OPEN - 1; i++) {
      open.add(chip.describeAsync());
    }
    assertThat(Failures.of(chip.describeAsync()))
        .hasMessage("open requests: 8 (expected: at most 7)")
        .returns(Code.RESOURCE_EXHAUSTED, EngramException::code);
    peer.reply(
        FakePeer.to(peer.take(CallCase.DESCRIBE))
            .setDescribe(DescribeResponse.getDefaultInstance()));
    Failures.soon(open.getFirst());
    var next = chip.describeAsync();
    assertThat(next).isNotDone();
  }

  @Test
  void cancellingAlwaysGoesThroughHoweverManyRequestsAreOpen() {
    peer.withoutCancels();
    var open = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < FakePeer.MOST_OPEN - 1; i++) {
      open.add(chip.describeAsync());
      peer.take(CallCase.DESCRIBE);
    }
    open.forEach(call -> call.cancel(true));
    for (int i = 0; i < open.size(); i++) {
      var cancel = peer.take(CallCase.CANCEL);
      peer.reply(FakePeer.to(cancel).setCancel(CancelResponse.newBuilder().setFound(true)));
    }
  }

  @Test
  void aFrameLongerThanTheServerTakesIsRefusedAtHome() {
    var answer = chip.loadAsync(Firmware.image(new byte[FakePeer.MOST_FRAME]));
    assertThat(Failures.of(answer))
        .hasMessageMatching("request: 10485\\d\\d bytes \\(expected: at most 1048576\\)")
        .returns(Code.INVALID_ARGUMENT, EngramException::code);
  }

  @Test
  void whatIsLoadedTravelsWhole() {
    chip.loadAsync(Firmware.network("network: n", Map.of("a", "source")));
    var network = peer.take(CallCase.LOAD).getLoad();
    assertThat(network.getNetwork().getYaml()).isEqualTo("network: n");
    assertThat(network.getNetwork().getProgramsMap()).containsExactly(Map.entry("a", "source"));
    assertThat(network.getVerifyOnly()).isFalse();
    chip.verifyAsync(Firmware.recipe("mnist", 784, 10, Map.of("hidden", "64"), -3));
    var recipe = peer.take(CallCase.LOAD).getLoad();
    assertThat(recipe.getVerifyOnly()).isTrue();
    assertThat(recipe.getRecipe().getSeed()).isEqualTo(-3);
    assertThat(recipe.getRecipe().getSettingsMap()).containsEntry("hidden", "64");
    var report = chip.loadAsync(Firmware.stored("file.img"));
    var stored = peer.take(CallCase.LOAD);
    assertThat(stored.getLoad().getStoredImage()).isEqualTo("file.img");
    peer.reply(FakePeer.to(stored).setLoad(LoadResponse.newBuilder().setReport("fits")));
    assertThat(Failures.soon(report).getReport()).isEqualTo("fits");
  }

  @Test
  void weightsAreReadByRowAndColumn() {
    var answer = chip.readWeightsAsync("w");
    peer.reply(
        FakePeer.to(peer.take(CallCase.READ))
            .setRead(
                ReadResponse.newBuilder()
                    .setStep(6)
                    .setRows(2)
                    .setColumns(3)
                    .setValues(Columns.ofInts(0, 1, 2, 10, 11, -12))));
    var words = Failures.soon(answer);
    assertThat(words.at(1, 2)).isEqualTo(-12);
    assertThat(words.step()).isEqualTo(6);
    chip.readTagsAsync("w", "trace", 5, 2);
    var some = peer.take(CallCase.READ).getRead().getSynapses();
    assertThat(some.getTag()).isEqualTo("trace");
    assertThat(some.getFirstSource()).isEqualTo(5);
    assertThat(some.getSources()).isEqualTo(2);
  }

  private void replyWithRows(Request to, int first, int rows, int sources) {
    assertThat(to.getRead().getSynapses().getFirstSource()).isEqualTo(first);
    int[] values = new int[2 * rows];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * first + i;
    }
    peer.reply(
        FakePeer.to(to)
            .setRead(
                ReadResponse.newBuilder()
                    .setStep(first)
                    .setRows(rows)
                    .setColumns(2)
                    .setSources(sources)
                    .setValues(Columns.ofInts(values))));
  }

  @Test
  void wordsThatComeInPiecesAreJoined() {
    var all = chip.readWeightsAsync("w");
    replyWithRows(peer.take(CallCase.READ), 0, 2, 5);
    replyWithRows(peer.take(CallCase.READ), 2, 1, 5);
    replyWithRows(peer.take(CallCase.READ), 3, 2, 5);
    assertThat(Failures.soon(all).values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(all.join().rows()).isEqualTo(5);
    assertThat(all.join().step()).isEqualTo(3);
    var some = chip.readTagsAsync("w", "trace", 1, 3);
    replyWithRows(peer.take(CallCase.READ), 1, 2, 5);
    var rest = peer.take(CallCase.READ);
    assertThat(rest.getRead().getSynapses().getSources()).isEqualTo(1);
    replyWithRows(rest, 3, 1, 5);
    assertThat(Failures.soon(some).values()).containsExactly(2, 3, 4, 5, 6, 7);
  }

  @Test
  void piecesEndWithTheirFirstFailureOrCancellation() {
    var failed = chip.readWeightsAsync("w");
    replyWithRows(peer.take(CallCase.READ), 0, 2, 5);
    peer.reply(
        FakePeer.to(peer.take(CallCase.READ))
            .setError(Status.newBuilder().setCode(engram.protocol.v1.Code.CODE_ABORTED)));
    assertThat(Failures.of(failed).code()).isEqualTo(Code.ABORTED);
    var empty = chip.readWeightsAsync("w");
    replyWithRows(peer.take(CallCase.READ), 0, 0, 5);
    assertThat(Failures.of(empty).code()).isEqualTo(Code.INTERNAL);
    var cancelled = chip.readWeightsAsync("w");
    replyWithRows(peer.take(CallCase.READ), 0, 2, 5);
    long second = peer.take(CallCase.READ).getId();
    assertThat(cancelled.cancel(true)).isTrue();
    assertThat(peer.take(CallCase.CANCEL).getCancel().getRequest()).isEqualTo(second);
  }

  @Test
  void whatIsWrittenTravelsWhole() {
    var step = chip.writeFieldAsync("hidden", "v", 3, new int[] {-1, 7});
    var field = peer.take(CallCase.WRITE);
    assertThat(field.getWrite().getField().getFirst()).isEqualTo(3);
    assertThat(Columns.ints("values", field.getWrite().getField().getValues()))
        .containsExactly(-1, 7);
    peer.reply(FakePeer.to(field).setWrite(WriteResponse.newBuilder().setStep(40)));
    assertThat(Failures.soon(step)).isEqualTo(40);
    chip.writeWeightsAsync("w", new int[] {5});
    assertThat(peer.take(CallCase.WRITE).getWrite().getWeights().getProjection()).isEqualTo("w");
    chip.writeRegisterAsync("rate", -9);
    assertThat(peer.take(CallCase.WRITE).getWrite().getRegister().getValue()).isEqualTo(-9);
    chip.writeClockAsync(1L << 33);
    assertThat(peer.take(CallCase.WRITE).getWrite().getClock()).isEqualTo(1L << 33);
  }
}
