package engram.firmware.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.firmware.data.DataSets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RecipeTest {
  @Test
  void everyRecipeMakesANetwork() {
    for (String name : Recipe.NAMES) {
      assertThat(Recipe.named(name).settings(784, 10, 1).inputs()).isEqualTo(784);
    }
    for (var set : DataSets.ALL) {
      assertThat(Recipe.forDataSet(set.name()).epochs()).isPositive();
    }
    assertThat(Recipe.forDataSet("emnist-letters")).isEqualTo(Recipe.named("emnist"));
    assertThat(Recipe.forDataSet("some/folder")).isEqualTo(Recipe.named("default"));
  }

  @Test
  void survivesBeingWrittenDown() {
    for (String name : Recipe.NAMES) {
      assertThat(Recipe.parse(Recipe.named(name).yaml())).isEqualTo(Recipe.named(name));
    }
  }

  @Test
  void refusesWhatIsMissingUnknownOrOutOfRange() {
    String good = Recipe.named("mnist").yaml();
    assertThatThrownBy(() -> Recipe.parse(good.replace("quiet-steps: 0\n", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipe: quiet-steps is missing");
    assertThatThrownBy(() -> Recipe.parse(good + "colour: 3\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("recipe: unknown key: colour (expected: hidden, steps, epochs, ");
    assertThatThrownBy(() -> Recipe.parse(good.replace("epochs: 10", "epochs: ten")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipe: epochs: no int");
    assertThatThrownBy(() -> Recipe.parse("recipe"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipe: no mapping of keys to values");
    assertThatThrownBy(() -> Recipe.parse(good.replaceAll("rate-decay: .*", "rate-decay: 1.5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipe: rate decay: 1.5 (expected: more than 0, at most 1)");
    assertThatThrownBy(() -> Recipe.parse(good.replaceAll("membrane: .*", "membrane: average:9")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("recipe: average: 9 (expected: 1 to 6)");
  }

  @Test
  void theOrderOfAnEpochIsAPermutationThatNeverChanges() {
    int[] order = SampleOrder.of(1, 0, 1000);
    assertThat(order).isEqualTo(SampleOrder.of(1, 0, 1000));
    assertThat(order)
        .isNotEqualTo(SampleOrder.of(1, 1, 1000))
        .isNotEqualTo(SampleOrder.of(2, 0, 1000));
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, 1000).toArray());
  }
}
