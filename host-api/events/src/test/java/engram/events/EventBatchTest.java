package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class EventBatchTest {
  private record Event(long time, int address, int payload) {}

  @Property(tries = 300, seed = "1")
  void itHoldsWhatAListOfEventsWould(@ForAll long seed) {
    var random = new Random(seed);
    var batch = new EventBatch(random.nextInt(3));
    var list = new ArrayList<Event>();
    for (int i = random.nextInt(60); i > 0; i--) {
      switch (random.nextInt(12)) {
        case 0 -> {
          batch.clear();
          list.clear();
        }
        case 1 -> {
          var other = Batches.any(random, random.nextInt(40));
          int from = random.nextInt(other.size() + 1);
          int to = from + random.nextInt(other.size() - from + 1);
          batch.addAll(other, from, to);
          list.addAll(events(other).subList(from, to));
        }
        case 2 -> {
          var event = new Event(random.nextLong(), random.nextInt(), random.nextInt(-2, 3));
          batch.add(event.time, event.address, event.payload);
          list.add(event);
        }
        default -> {
          var event = new Event(random.nextInt(5), random.nextInt(), 1);
          batch.add(event.time, event.address);
          list.add(event);
        }
      }
      assertThat(events(batch)).isEqualTo(list);
    }
    assertThat(batch.isSorted())
        .isEqualTo(
            list.stream()
                .map(Event::time)
                .sorted()
                .toList()
                .equals(list.stream().map(Event::time).toList()));
  }

  private static List<Event> events(EventBatch batch) {
    var list = new ArrayList<Event>();
    for (int i = 0; i < batch.size(); i++) {
      list.add(new Event(batch.time(i), batch.address(i), batch.payload(i)));
    }
    return list;
  }

  @Test
  void theColumnOfPayloadsIsThereWhenOneIsNotOne() {
    var batch = Batches.of(1, 10, 2, 20);
    assertThat(batch.hasPayloads()).isFalse();
    assertThat(batch.payloads()).isEmpty();
    batch.add(3, 30, -7);
    assertThat(batch.hasPayloads()).isTrue();
    assertThat(batch.payloads()).startsWith(1, 1, -7);
    batch.clear();
    assertThat(batch.hasPayloads()).isFalse();
    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void theFirstEventThatIsTooEarlyIsFound() {
    assertThat(Batches.of(1, 0, 2, 0, 2, 0, 1, 0, 0, 0).firstUnsorted()).isEqualTo(3);
    assertThat(Batches.of(1, 0, 1, 0).firstUnsorted()).isEqualTo(2);
    assertThat(new EventBatch().isSorted()).isTrue();
  }

  @Test
  void anEventThatIsNotThereIsRefused() {
    var batch = Batches.of(1, 10);
    assertThatThrownBy(() -> batch.time(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> batch.payload(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new EventBatch().addAll(batch, 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void batchesWithEqualEventsAreEqual() {
    var plain = Batches.of(1, 10, 2, -1);
    var grown = new EventBatch(100);
    grown.add(9, 9, 9);
    grown.clear();
    grown.addAll(plain, 0, 2);
    assertThat(grown).isEqualTo(plain).hasSameHashCodeAs(plain);
    grown.clear();
    grown.add(1, 10, 2);
    grown.add(2, -1);
    assertThat(grown).isNotEqualTo(plain);
    assertThat(grown).hasToString("2 events: 1@10*2, 2@4294967295");
  }
}
