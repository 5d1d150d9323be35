package engram.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DescriptorsTest {
  private static final Path PYTHON = Path.of("../python/src/engram/engram.v1.binpb");

  @Test
  void thePythonClientSpeaksThisProtocol() throws IOException {
    try (var in = DescriptorsTest.class.getResourceAsStream("engram.v1.binpb")) {
      assertThat(Files.readAllBytes(PYTHON))
          .as("%s: copy target/classes/engram/protocol/engram.v1.binpb there", PYTHON)
          .isEqualTo(in.readAllBytes());
    }
  }
}
