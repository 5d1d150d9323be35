package engram.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import engram.chip.noc.RouteTree;
import engram.isa.image.Mesh;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinkTrafficTest {
  private static List<Core> cores(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Core(i, i, "hidden" + i)).toList();
  }

  /// Traffic between cores, by link.
  private static long[] flits(Mesh mesh, int cores) {
    long[] flits = new long[4 * mesh.routers()];
    var random = new Random(cores);
    for (int i = 0; i < cores - 1; i++) {
      int from = mesh.routerOf(random.nextInt(cores));
      int to = mesh.routerOf(random.nextInt(cores));
      for (int link : RouteTree.path(mesh, from, to)) {
        flits[link] += 12_345_678L * random.nextInt(1_000);
      }
    }
    return flits;
  }

  private static JsonNode routers(JsonNode option) {
    return option.at("/series/2/data");
  }

  /// The router that a point is nearest to.
  private static int router(Mesh mesh, JsonNode point) {
    int column = (int) Math.round(point.get(0).asDouble());
    int row = (int) Math.round(point.get(1).asDouble());
    return row * mesh.columns() + column;
  }

  /// The link that a line is drawn for.
  private static int link(Mesh mesh, JsonNode line) {
    int from = router(mesh, line.at("/coords/0"));
    int to = router(mesh, line.at("/coords/1"));
    return IntStream.range(0, 4)
        .map(direction -> RouteTree.link(from, direction))
        .filter(link -> RouteTree.exists(mesh, link) && RouteTree.farEnd(mesh, link) == to)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no link: " + line));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "8, 8, 1, 3",
    "8, 8, 1, 64",
    "8, 4, 4, 128",
    "16, 8, 1, 128",
    "64, 64, 1, 200"
  })
  void hasTheFlitsOfEveryLink(int columns, int rows, int coresPerRouter, int cores) {
    var mesh = new Mesh(columns, rows, coresPerRouter);
    long[] flits = flits(mesh, cores);
    var option = LinkTraffic.of(mesh, cores(cores), flits).option();
    long[] drawn = new long[flits.length];
    var seen = new HashSet<Integer>();
    for (int series = 0; series < 2; series++) {
      for (var line : option.get("series").get(series).get("data")) {
        int link = link(mesh, line);
        int from = RouteTree.routerOf(link);
        int to = RouteTree.farEnd(mesh, link);
        drawn[link] = line.get("value").asLong();
        assertThat(seen.add(link)).isTrue();
        assertThat(drawn[link] > 0).as("busy").isEqualTo(series == 1);
        assertThat(line.get("name").asText())
            .isEqualTo(
                "(%d,%d) to (%d,%d): %,d flits",
                mesh.column(from), mesh.row(from), mesh.column(to), mesh.row(to), flits[link]);
      }
    }
    assertThat(drawn).isEqualTo(flits);
  }

  @Test
  void theMoreFlitsTheThickerAndDarker() {
    var mesh = new Mesh(8, 8, 1);
    long[] flits = flits(mesh, 64);
    long most = Arrays.stream(flits).max().orElseThrow();
    var option = LinkTraffic.of(mesh, cores(64), flits).option();
    var lines = option.at("/series/1/data").valueStream().toList();
    double widest =
        lines.stream().mapToDouble(l -> l.at("/lineStyle/width").asDouble()).max().orElseThrow();
    for (var line : lines) {
      double share = line.get("value").asDouble() / most;
      assertThat(line.at("/lineStyle/width").asDouble())
          .isCloseTo(Math.max(1, widest * share), offset(0.01));
    }
    var colours = option.get("visualMap");
    assertThat(colours.get("seriesIndex").asInt()).isEqualTo(1);
    assertThat(colours.get("min").asLong()).isZero();
    assertThat(colours.get("max").asLong()).isEqualTo(most);
  }

  @Test
  void linksThatFaceEachOtherLieSideBySide() {
    var mesh = new Mesh(2, 2, 1);
    long[] flits = new long[16];
    Arrays.fill(flits, 1);
    var lines = LinkTraffic.of(mesh, cores(4), flits).option().at("/series/1/data");
    var places = new HashSet<String>();
    lines.forEach(line -> places.add(line.get("coords").toString()));
    assertThat(places)
        .hasSize(8)
        .contains("[[0.21,0.09],[0.79,0.09]]", "[[0.79,-0.09],[0.21,-0.09]]");
  }

  @Test
  void drawsWhatIsInUseAndARouterAround() {
    var mesh = new Mesh(16, 8, 1);
    var option = LinkTraffic.of(mesh, cores(2), new long[4 * mesh.routers()]).option();
    assertThat(routers(option))
        .extracting(r -> r.get("value").toString())
        .containsExactly("[0,0]", "[1,0]", "[2,0]", "[0,1]", "[1,1]", "[2,1]");
    assertThat(option.at("/xAxis/max").asDouble()).isEqualTo(2.5);
    assertThat(option.at("/yAxis/max").asDouble()).isEqualTo(1.5);
    assertThat(option.has("visualMap")).isFalse();
  }

  @Test
  void routersTellWhatTheirCoresHold() {
    var mesh = new Mesh(2, 2, 2);
    var option = LinkTraffic.of(mesh, cores(3), new long[16]).option();
    assertThat(routers(option))
        .extracting(r -> r.get("name").asText())
        .containsExactly(
            "router (0,0); core 0: hidden0; core 1: hidden1",
            "router (1,0); core 2: hidden2",
            "router (0,1)",
            "router (1,1)");
    assertThat(routers(option).get(0).at("/label/formatter").asText()).isEqualTo("0-1");
    assertThat(routers(option).get(1).at("/label/formatter").asText()).isEqualTo("2");
    assertThat(option.at("/xAxis/name").asText()).isEqualTo("column of routers");
    assertThat(option.at("/yAxis/name").asText()).isEqualTo("row of routers");
  }
}
