package engram.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SensorGeometryTest {
  @Test
  void addressesCountPixelsRowByRowAndPlaneByPlane() {
    var sensor = new SensorGeometry(5, 3, 2);
    int address = 0;
    for (int p = 0; p < 2; p++) {
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 5; x++) {
          assertThat(sensor.address(x, y, p)).isEqualTo(address);
          assertThat(sensor.x(address)).isEqualTo(x);
          assertThat(sensor.y(address)).isEqualTo(y);
          assertThat(sensor.polarity(address)).isEqualTo(p);
          address++;
        }
      }
    }
    assertThat(sensor.size()).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({"5,0,0", "0,3,0", "0,0,2", "-1,0,0", "0,-1,0", "0,0,-1"})
  void aPixelOutsideIsRefused(int x, int y, int polarity) {
    assertThatThrownBy(() -> new SensorGeometry(5, 3, 2).address(x, y, polarity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "x, y, polarity: %d, %d, %d (expected: less than 5, 3, 2)".formatted(x, y, polarity));
  }

  @Test
  void anAddressOutsideIsRefused() {
    var sensor = new SensorGeometry(5, 3, 1);
    assertThatThrownBy(() -> sensor.x(15)).hasMessage("address: 15 (expected: < 15)");
    assertThatThrownBy(() -> sensor.polarity(-1))
        .hasMessage("address: 4294967295 (expected: < 15)");
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "1,0,1", "65536,65536,1", "1,1,0", "1,1,3"})
  void sizesThatAreNoneAreRefused(int width, int height, int polarities) {
    assertThatThrownBy(() -> new SensorGeometry(width, height, polarities))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void theLargestSensorHasAddressesOfAnInt() {
    assertThat(new SensorGeometry(1, Integer.MAX_VALUE / 2, 2).size()).isEqualTo(2147483646);
  }
}
