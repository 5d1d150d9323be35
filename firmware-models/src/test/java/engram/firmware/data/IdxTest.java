package engram.firmware.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IdxTest {
  private static final byte[] GOOD = {
    0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, (byte) 200
  };

  private static Idx read(byte[] bytes) throws IOException {
    return Idx.read(new ByteArrayInputStream(bytes), "file");
  }

  @Test
  void readsShapeAndValues() throws IOException {
    var idx = read(GOOD);
    assertThat(idx.shape()).containsExactly(2, 3);
    assertThat(idx.values()).containsExactly(1, 2, 3, 4, 5, (byte) 200);
    assertThat(idx.elementSize()).isEqualTo(3);
  }

  @Test
  void aTruncatedFileIsRefusedWithBothNumbers() {
    assertThatThrownBy(() -> read(Arrays.copyOf(GOOD, 16)))
        .isInstanceOf(DataException.class)
        .hasMessage("file: values: 4 (expected: 6, by its shape [2, 3]): the file is truncated");
    assertThatThrownBy(() -> read(Arrays.copyOf(GOOD, 7)))
        .isInstanceOf(DataException.class)
        .hasMessage("file: the file ends within its header");
  }

  @Test
  void aFileThatIsNoIdxIsRefused() {
    assertThatThrownBy(() -> read("PNG, surely".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("first four bytes: 504e472c (expected: 00000801 to 00000804");
    assertThatThrownBy(() -> read(Arrays.copyOf(GOOD, 19)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is more behind the 6 values");
    byte[] huge = GOOD.clone();
    huge[4] = 0x7f;
    huge[8] = 0x7f;
    assertThatThrownBy(() -> read(huge))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void damageNeverEndsInAnythingButARefusal() {
    var random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = Arrays.copyOf(GOOD, random.nextInt(GOOD.length + 3));
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(read(bytes).values()).isNotNull();
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("file: ");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void imagesAndLabelsMustBelongTogether() {
    var images = new Idx(new int[] {2, 1, 3}, new byte[6]);
    assertThatThrownBy(() -> LabelledImages.of("set", images, new Idx(new int[] {3}, new byte[3])))
        .isInstanceOf(DataException.class)
        .hasMessage("set: labels: 3 (expected: 2, as images)");
    assertThatThrownBy(() -> LabelledImages.of("set", images, images))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("dimensions: 3 and 3");
  }

  @Test
  void transposingTwiceIsTheSame() {
    var images =
        LabelledImages.of(
            "x",
            new Idx(new int[] {1, 2, 3}, new byte[] {1, 2, 3, 4, 5, 6}),
            new Idx(new int[] {1}, new byte[] {9}));
    int[] turned = new int[6];
    images.transposed().pixels(0, turned);
    assertThat(turned).containsExactly(1, 4, 2, 5, 3, 6);
    int[] back = new int[6];
    images.transposed().transposed().pixels(0, back);
    assertThat(back).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(images.label(0)).isEqualTo(9);
    assertThat(images.classes()).isEqualTo(10);
  }

  @Test
  void theRepositorysMnistIsWhatTheCatalogueSays() {
    assertThat(TestData.mnistTraining().count()).isEqualTo(60_000);
    assertThat(TestData.mnistTest().count()).isEqualTo(10_000);
    assertThat(TestData.mnistTest().label(0)).isEqualTo(7);
    assertThat(TestData.mnistTraining().width()).isEqualTo(28);
  }
}
