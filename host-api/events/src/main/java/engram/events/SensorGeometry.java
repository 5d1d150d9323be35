package engram.events;

/// The pixels of an event camera, and how they map to addresses:
///
/// `address = (polarity * height + y) * width + x`
///
/// so a polarity is a plane, a plane is its rows, and the address of a pixel is the index of the
/// neuron that stands for it.
///
/// @param width pixels of a row, at least 1
/// @param height rows, at least 1
/// @param polarities 1 or 2
public record SensorGeometry(int width, int height, int polarities) {
  /// N-MNIST: 34 x 34 pixels, two polarities.
  public static final SensorGeometry N_MNIST = new SensorGeometry(34, 34, 2);

  public SensorGeometry {
    if (width < 1 || height < 1 || (long) width * height > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "sensor: %d x %d (expected: 1 x 1 to %d pixels)"
              .formatted(width, height, Integer.MAX_VALUE / 2));
    }
    if (polarities < 1 || polarities > 2) {
      throw new IllegalArgumentException("polarities: " + polarities + " (expected: 1 or 2)");
    }
  }

  /// Number of addresses.
  public int size() {
    return width * height * polarities;
  }

  public boolean contains(int x, int y, int polarity) {
    return x >= 0 && x < width && y >= 0 && y < height && polarity >= 0 && polarity < polarities;
  }

  /// @throws IllegalArgumentException if there is no such pixel
  public int address(int x, int y, int polarity) {
    if (!contains(x, y, polarity)) {
      throw new IllegalArgumentException(outside(x, y, polarity));
    }
    return (polarity * height + y) * width + x;
  }

  /// What messages say of a pixel that the sensor has not.
  String outside(int x, int y, int polarity) {
    return "x, y, polarity: %d, %d, %d (expected: less than %d, %d, %d)"
        .formatted(x, y, polarity, width, height, polarities);
  }

  public int x(int address) {
    return checked(address) % width;
  }

  public int y(int address) {
    return checked(address) / width % height;
  }

  public int polarity(int address) {
    return checked(address) / width / height;
  }

  private int checked(int address) {
    if (address < 0 || address >= size()) {
      throw new IllegalArgumentException(
          "address: " + Integer.toUnsignedString(address) + " (expected: < " + size() + ")");
    }
    return address;
  }

  /// As files write it: `34 x 34 x 2`.
  @Override
  public String toString() {
    return width + " x " + height + " x " + polarities;
  }
}
