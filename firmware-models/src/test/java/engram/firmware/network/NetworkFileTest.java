package engram.firmware.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import engram.firmware.TestChips;
import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.SynapseFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkFileTest {
  private static final String ECHO =
      """
      network: echo
      seed: 7
      populations:
        ear:   {neurons: 4, external: true}
        mouth: {neurons: 4, program: neurons/lif THRESHOLD=64, record: [spike]}
      projections:
        nerve: {from: ear.spike, to: mouth.in, weights: s8 q(6) one-to-one 1.0, delay: 3}
      """;

  @Test
  void aFewLinesAreANetworkThatRuns() {
    try (var chip = TestChips.chip(NetworkFile.read("echo.yaml", ECHO))) {
      chip.inject("ear", 2, 1);
      var mouth = chip.stream("mouth", "spike");
      for (int step = 0; step < 2; step++) {
        chip.step();
        assertThat(mouth.count()).isZero();
      }
      chip.step();
      assertThat(mouth.count()).isOne();
      assertThat(mouth.payload(2)).isOne();
    }
  }

  @Test
  void readsEveryKey() {
    var network =
        NetworkFile.read(
            "all.yaml",
            """
            network: all
            seed: 3
            frame: 2
            populations:
              in:  {neurons: 2, external: true}
              a:
                neurons: 4
                program: ssnn/output F=9 QUIET=1
                lag: 2
                groups: {race: 2}
                cores: 2
              b: {neurons: 2, program: encoders/bernoulli, values: {x: [5, 6]}}
              c: {neurons: 2, program: encoders/bernoulli, values: {x: 256}}
            projections:
              w: {from: in.spike, to: a.drive, weights: s12 q(9) uniform 0.5,
                  learn: ssnn/coincidence AGE=0, path: backward}
              g: {from: in.spike, to: a.label, weights: s4 given, values: [1, 2, 3, 4, 5, 6, 7, -7],
                  format: dense}
              m: {from: b.spike - b.spike, to: a.drive, weights: u1 random 0.5 1 1, format: masked}
            """);
    assertThat(network.seed()).isEqualTo(3);
    assertThat(network.frame()).isEqualTo(2);
    var a = network.population("a").orElseThrow();
    assertThat(a.program()).isEqualTo(ProgramRef.of("ssnn/output").with("F", 9).with("QUIET", 1));
    assertThat(a.lag()).isEqualTo(2);
    assertThat(a.groups()).containsEntry("race", 2);
    assertThat(a.cores()).isEqualTo(2);
    assertThat(network.population("b").orElseThrow().values().get("x")).containsExactly(5, 6);
    var w = network.projection("w").orElseThrow();
    assertThat(w.type()).isEqualTo(new NumberFormat(true, 12, 9));
    assertThat(w.weights()).isEqualTo(new Weights.Uniform(0.5));
    assertThat(w.learn()).isEqualTo(ProgramRef.of("ssnn/coincidence").with("AGE", 0));
    assertThat(w.path()).isEqualTo(Path.BACKWARD);
    var m = network.projection("m").orElseThrow();
    assertThat(m.lines()).containsExactly(new Line("spike", 1, 1), new Line("spike", -1, 1));
    assertThat(m.format()).isEqualTo(SynapseFormat.MASKED);
    try (var chip = TestChips.chip(network)) {
      assertThat(chip.weights("g")).containsExactly(1, 2, 3, 4, 5, 6, 7, -7);
      assertThat(chip.read("b", "x")).containsExactly(5, 6);
      assertThat(chip.read("c", "x")).containsExactly(256, 256);
      chip.run(3);
    }
  }

  @Test
  void aResetGoesBackToTheInitialValuesOfTheNetwork() {
    var network =
        NetworkFile.read(
            "reset.yaml",
            """
            network: reset
            populations:
              a: {neurons: 3, program: encoders/rate, values: {x: [256, 0, 64], rest: 5}}
            """);
    try (var chip = TestChips.chip(network)) {
      String before = chip.stateDigest();
      chip.write("a", "x", 0, 1, 2, 3);
      chip.run(5);
      chip.reset();
      assertThat(chip.read("a", "x")).containsExactly(256, 0, 64);
      assertThat(chip.stateDigest()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "neurons: 4, external | neurons: 0, external | populations.ear: neurons: 0 (expected: 1 to 16777216)",
        "external: true | extern: true | populations.ear: unknown key: extern",
        "from: ear.spike | from: ear spike | projections.nerve: from: ear spike (expected:",
        "to: mouth.in | to: mouth | projections.nerve: to: mouth (expected: population.accumulator)",
        "one-to-one 1.0 | one-to-one | projections.nerve: weights: one-to-one (expected: uniform HALF",
        "s8 q(6) | s88 q(6) | projections.nerve: weights: s width: 88 (expected: 1 to 32)",
        "one-to-one 1.0 | one-to-one 2.0 | projections.nerve: weights: 2.0, stored 128 (expected: -127 to 127 in s8 q(6))",
        "one-to-one 1.0 | uniform -2.5 | projections.nerve: weights: -2.5, stored -160 (expected: -127 to 127 in s8 q(6))",
        "one-to-one 1.0 | random 0.5 0 9 | projections.nerve: weights: 9.0, stored 576 (expected: -127 to 127 in s8 q(6))",
        "s8 q(6) one-to-one 1.0 | u4 constant -1 | projections.nerve: weights: -1.0, stored -1 (expected: 0 to 15 in u4)",
        "s8 q(6) one-to-one 1.0, | 's4 given, values: [7, -7, 8],' | projections.nerve: weights: values: 8 (expected: -7 to 7 in s4)",
        "delay: 3 | delay: 99 | projections.nerve: delay: 99 (expected: 1 to 63)",
        "THRESHOLD=64 | THRESHOLD=x | populations.mouth: constant: THRESHOLD=x (expected: NAME=integer)",
        "populations: | population: | network: unknown key: population",
        "network: echo | netzwerk: echo | network: network is missing",
      })
  void namesTheKeyAndWhatIsExpected(String from, String to, String message) {
    assertThat(ECHO).contains(from);
    assertThatThrownBy(() -> NetworkFile.read("echo.yaml", ECHO.replace(from, to)))
        .isInstanceOf(NetworkException.class)
        .hasMessageStartingWith("network echo.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void saysWhereTheTextIsNoYaml() {
    assertThatThrownBy(() -> NetworkFile.read("bad.yaml", "network: [1,\n  {"))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("line 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "neurons/lif THRESHOLD=64 | neurons/lof | program: neurons/lof (expected: one of encoders/",
        "THRESHOLD=64 | TRESHOLD=64 | constant TRESHOLD is not declared here",
        "to: mouth.in | to: moth.in | projection nerve: population: moth (expected: one of ear, mouth)",
      })
  void namesWhatTheMapperCantFind(String from, String to, String message) {
    var network = NetworkFile.read("echo.yaml", ECHO.replace(from, to));
    assertThatThrownBy(() -> TestChips.chip(network))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(message);
  }
}
