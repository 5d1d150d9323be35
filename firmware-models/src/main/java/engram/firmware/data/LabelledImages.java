package engram.firmware.data;

import java.util.Arrays;

/// Grey images with a class each.
public final class LabelledImages {
  private final int width;
  private final int height;
  private final byte[] pixels;
  private final byte[] labels;

  private LabelledImages(int width, int height, byte[] pixels, byte[] labels) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
    this.labels = labels;
  }

  /// Pairs images with labels.
  ///
  /// @param name what messages call the set
  /// @throws DataException if they do not belong together
  public static LabelledImages of(String name, Idx images, Idx labels) {
    if (images.shape().length != 3 || labels.shape().length != 1) {
      throw new DataException(
          name
              + ": dimensions: "
              + images.shape().length
              + " and "
              + labels.shape().length
              + " (expected: 3 of the images, 1 of the labels)");
    }
    if (images.length() != labels.length()) {
      throw new DataException(
          name
              + ": labels: "
              + labels.length()
              + " (expected: "
              + images.length()
              + ", as images)");
    }
    return new LabelledImages(
        images.shape()[2], images.shape()[1], images.values(), labels.values());
  }

  public int count() {
    return labels.length;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /// Pixels of an image.
  public int size() {
    return width * height;
  }

  /// Number of classes: one more than the largest label.
  public int classes() {
    int largest = 0;
    for (byte label : labels) {
      largest = Math.max(largest, label & 0xff);
    }
    return largest + 1;
  }

  public int label(int image) {
    return labels[image] & 0xff;
  }

  /// Copies the pixels of an image, 0 to 255, row by row.
  public void pixels(int image, int[] into) {
    int from = image * size();
    for (int i = 0; i < size(); i++) {
      into[i] = pixels[from + i] & 0xff;
    }
  }

  /// The same images with rows and columns exchanged.
  public LabelledImages transposed() {
    byte[] turned = new byte[pixels.length];
    for (int image = 0; image < count(); image++) {
      int from = image * size();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          turned[from + x * height + y] = pixels[from + y * width + x];
        }
      }
    }
    return new LabelledImages(height, width, turned, labels);
  }

  /// The first images of this set.
  public LabelledImages first(int count) {
    if (count < 0 || count > count()) {
      throw new DataException("images: " + count + " (expected: 0 to " + count() + ")");
    }
    return new LabelledImages(
        width, height, Arrays.copyOf(pixels, count * size()), Arrays.copyOf(labels, count));
  }
}
