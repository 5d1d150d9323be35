package engram.cli.train;

import engram.cli.common.CommandException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/// A picture file as the values of a sample: 0 for black or transparent to 255 for white.
final class Picture {
  static {
    System.setProperty("java.awt.headless", "true");
    ImageIO.setUseCache(false);
  }

  private Picture() {}

  /// Reads a picture.
  ///
  /// @param values of a sample; a square number of them takes a square picture only
  static void read(Path file, int[] values) throws IOException {
    var image = image(file);
    int width = image.getWidth();
    int height = image.getHeight();
    int side = (int) Math.round(Math.sqrt(values.length));
    boolean square = side * side == values.length;
    if (width * height != values.length || (square && width != side)) {
      throw CommandException.failed(
          square
              ? "%s: %d x %d pixels (expected: %d x %d)".formatted(file, width, height, side, side)
              : "%s: %d x %d pixels, %d in all (expected: %d)"
                  .formatted(file, width, height, width * height, values.length));
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        values[y * width + x] = grey(image, x, y);
      }
    }
  }

  private static BufferedImage image(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      var image = ImageIO.read(in);
      if (image != null) {
        return image;
      }
      throw CommandException.failed(file + ": no picture that can be read (expected: PNG)");
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw CommandException.failed(
          file + ": damaged picture: " + e.getMessage() + " (expected: PNG)");
    }
  }

  /// The brightness of a pixel. A grey file's numbers are taken as they stand: Java's way by colour
  /// spaces would brighten them.
  private static int grey(BufferedImage image, int x, int y) {
    ColorModel model = image.getColorModel();
    if (model.getColorSpace().getNumComponents() == 1) {
      Raster raster = image.getRaster();
      int full = (1 << model.getComponentSize(0)) - 1;
      int value = (255 * raster.getSample(x, y, 0) + full / 2) / full;
      return model.hasAlpha() ? value * (image.getRGB(x, y) >>> 24) / 255 : value;
    }
    int rgb = image.getRGB(x, y);
    int luma = 299 * (rgb >> 16 & 0xff) + 587 * (rgb >> 8 & 0xff) + 114 * (rgb & 0xff);
    return (luma + 500) / 1000 * (rgb >>> 24) / 255;
  }
}
