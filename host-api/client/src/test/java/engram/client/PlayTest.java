package engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.protocol.Columns;
import engram.protocol.v1.Cost;
import engram.protocol.v1.PlayResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.Request.CallCase;
import engram.protocol.v1.SamplesRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlayTest {
  private final FakePeer peer = new FakePeer();
  private final List<PlayResults> heard = Collections.synchronizedList(new ArrayList<>());
  private Connection connection;
  private RemoteChip chip;
  private Play play;
  private Request request;

  @BeforeEach
  void open() {
    connection = Engram.connect(peer.uri());
    chip = connection.lease("engram-1");
    play = chip.play(PlayOptions.train().withVotes(), heard::add);
    request = peer.take(CallCase.PLAY);
  }

  @AfterEach
  void close() {
    peer.close();
    connection.close();
  }

  private void answer(PlayResponse.Builder play) {
    peer.reply(FakePeer.to(request).setMore(true).setPlay(play));
  }

  private void room(int samples) {
    answer(PlayResponse.newBuilder().setRoom(samples));
  }

  private void end(PlayResponse.Builder play) {
    peer.reply(FakePeer.to(request).setPlay(play.setCost(Cost.newBuilder().setCycles(99))));
  }

  private SamplesRequest samples() {
    var samples = peer.take(CallCase.SAMPLES);
    assertThat(samples.getId()).isZero();
    assertThat(samples.getChip()).isEqualTo(FakePeer.CHIP);
    assertThat(samples.getSamples().getPlay()).isEqualTo(request.getId());
    return samples.getSamples();
  }

  @Test
  void asksForWhatWasWanted() {
    chip.play(
        PlayOptions.classify().withSteps(64).withFirstNumber(1L << 40).withRegister("rate", -1),
        _ -> {});
    var other = peer.take(CallCase.PLAY).getPlay();
    assertThat(other.getSteps()).isEqualTo(64);
    assertThat(other.getOnCopy()).isTrue();
    assertThat(other.getLearn()).isFalse();
    assertThat(other.getFirstNumber()).isEqualTo(1L << 40);
    assertThat(other.getRegistersMap()).containsEntry("rate", -1);
    assertThat(request.getPlay().getLearn()).isTrue();
    assertThat(request.getPlay().getVotes()).isTrue();
  }

  @Test
  void nothingIsSentBeforeThereIsRoom() {
    var presenter = new Thread(() -> play.present(new byte[] {1, 2}, 0));
    presenter.start();
    Waiting.await(presenter);
    room(1);
    var samples = samples();
    assertThat(samples.getCount()).isEqualTo(1);
    assertThat(samples.getValues().toByteArray()).containsExactly(1, 2);
    assertThat(samples.getLabelsList()).containsExactly(0);
    assertThat(samples.getValueBytes()).isEqualTo(1);
  }

  @Test
  void neverMoreSamplesAreSentThanThereWasRoomFor() {
    int all = 1000;
    int window = 150;
    var presenting =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < all; i++) {
            play.present(new int[] {i | 1 << 30}, i % 10);
          }
          play.finishAsync();
        });
    room(window);
    int granted = window;
    int taken = 0;
    boolean last = false;
    while (!last) {
      var samples = samples();
      int[] values = Columns.ints("values", samples.getValues());
      assertThat(values).hasSize(samples.getCount());
      assertThat(samples.getCount()).isLessThanOrEqualTo(SampleBatch.MOST_SAMPLES);
      for (int i = 0; i < samples.getCount(); i++) {
        assertThat(values[i]).isEqualTo(taken | 1 << 30);
        assertThat(samples.getLabels(i)).isEqualTo(taken % 10);
        taken++;
      }
      assertThat(taken).isLessThanOrEqualTo(granted);
      last = samples.getLast();
      if (taken == granted) {
        granted += window;
        room(window);
      }
    }
    assertThat(taken).isEqualTo(all);
    Failures.soon(presenting);
  }

  @Test
  void samplesThatWaitForTheirBatchGoOutWhenTheServerRunsDry() {
    room(1024);
    var first = new ArrayList<SamplesRequest>();
    var presenting =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < SampleBatch.MOST_SAMPLES + 5; i++) {
            play.present(new byte[] {(byte) i}, -1);
          }
        });
    for (int i = 0; i < SampleBatch.MOST_SAMPLES; i++) {
      first.add(samples());
    }
    Failures.soon(presenting);
    assertThat(first).allMatch(samples -> samples.getCount() == 1);
    room(SampleBatch.MOST_SAMPLES);
    var rest = samples();
    assertThat(rest.getCount()).isEqualTo(5);
    assertThat(rest.getLabelsCount()).isZero();
  }

  @Test
  void resultsComeInOrderAndTheEndComesLast() {
    room(10);
    for (int i = 0; i < 3; i++) {
      play.present(new byte[] {0}, i);
    }
    var result = play.finishAsync();
    while (!samples().getLast()) {
      assertThat(result).isNotDone();
    }
    answer(
        PlayResponse.newBuilder()
            .addAnswers(2)
            .addAnswers(-1)
            .setVotes(Columns.ofInts(0, 0, 5, 0, 0, 0))
            .setEvents(12));
    end(
        PlayResponse.newBuilder()
            .addAnswers(1)
            .setVotes(Columns.ofInts(0, 4, 0))
            .setSamples(3)
            .setSeconds(0.5)
            .setStep(48)
            .setEvents(20));
    assertThat(Failures.soon(result))
        .returns(3L, PlayResult::samples)
        .returns(99L, end -> end.cost().getCycles())
        .returns(48L, PlayResult::step)
        .returns(false, PlayResult::cancelled);
    assertThat(heard).hasSize(2);
    assertThat(heard.get(0).first()).isZero();
    assertThat(heard.get(0).answers()).containsExactly(2, -1);
    assertThat(heard.get(0).votes()).containsExactly(0, 0, 5, 0, 0, 0);
    assertThat(heard.get(1).first()).isEqualTo(2);
    assertThat(heard.get(1).answers()).containsExactly(1);
  }

  @Test
  void aRefusedSampleFailsThePlay() {
    room(1);
    play.present(new byte[] {1}, 3);
    samples();
    peer.refuse(request, engram.protocol.v1.Code.CODE_INVALID_ARGUMENT, "label: 3");
    assertThat(Failures.of(play::finish)).hasMessage("label: 3");
    assertThat(Failures.of(() -> play.present(new byte[] {1}, 0))).hasMessage("label: 3");
  }

  @Test
  void aLostConnectionWakesThePresenter() {
    var waiting = CompletableFuture.runAsync(() -> play.present(new byte[] {1}, 3));
    peer.cut();
    assertThat(Failures.of(waiting).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(Failures.of(play.finishAsync()).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void aCancelledPlayTellsHowFarItCame() {
    room(5);
    play.present(new byte[] {1}, 3);
    samples();
    play.cancel();
    assertThat(peer.take(CallCase.CANCEL).getCancel().getRequest()).isEqualTo(request.getId());
    end(PlayResponse.newBuilder().setSamples(1).setCancelled(true));
    assertThat(play.finish()).returns(true, PlayResult::cancelled).returns(1L, PlayResult::samples);
    assertThat(Failures.of(() -> play.present(new byte[] {1}, 0)).code())
        .isEqualTo(Code.FAILED_PRECONDITION);
  }

  @Test
  void aListenerThatFailsEndsThePlay() {
    var failing =
        chip.play(
            PlayOptions.train(),
            _ -> {
              throw new IllegalStateException("no");
            });
    request = peer.take(CallCase.PLAY);
    answer(PlayResponse.newBuilder().setRoom(1).addAnswers(0));
    peer.take(CallCase.CANCEL);
    end(PlayResponse.newBuilder().setCancelled(true));
    assertThatThrownBy(failing::finish).isInstanceOf(IllegalStateException.class).hasMessage("no");
  }

  @Test
  void samplesOfUnequalSizeAreRefused() {
    room(5);
    play.present(new byte[] {1, 2}, 3);
    assertThatThrownBy(() -> play.present(new byte[] {1}, 3))
        .hasMessage("values of a sample: 1 (expected: 2)");
  }

  @Test
  void valuesTravelInAsFewBytesAsAnySampleSoFarNeeded() {
    room(10);
    int[][] presented = {{1, 255}, {256, 2}, {3, 4}, {-1, 65536}, {5, 6}};
    int[] widths = {1, 2, 2, 4, 4};
    for (int i = 0; i < presented.length; i++) {
      play.present(presented[i], i);
      var sent = samples();
      assertThat(sent.getValueBytes()).isEqualTo(widths[i]);
      byte[] bytes = sent.getValues().toByteArray();
      for (int value = 0; value < 2; value++) {
        int read = 0;
        for (int b = widths[i] - 1; b >= 0; b--) {
          read = read << 8 | bytes[value * widths[i] + b] & 0xFF;
        }
        assertThat(read).isEqualTo(presented[i][value]);
      }
    }
    play.present(new byte[] {-1, 7}, 0);
    assertThat(samples().getValues().toByteArray()).containsExactly(-1, 0, 0, 0, 7, 0, 0, 0);
  }

  @Test
  void aWiderSampleSendsTheNarrowOnesBeforeIt() {
    room(100);
    for (int i = 0; i < SampleBatch.MOST_SAMPLES; i++) {
      play.present(new int[] {1}, i);
      samples();
    }
    play.present(new int[] {2}, 0);
    play.present(new int[] {300}, 1);
    var narrow = samples();
    assertThat(narrow.getCount()).isEqualTo(1);
    assertThat(narrow.getValues().toByteArray()).containsExactly(2);
    room(SampleBatch.MOST_SAMPLES);
    assertThat(samples().getValues().toByteArray()).containsExactly(44, 1);
  }

  @Test
  void aPlayThatIsClosedIsCancelled() {
    play.close();
    peer.take(CallCase.CANCEL);
  }
}
