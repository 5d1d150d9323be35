package engram.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.Version;
import engram.isa.compile.CompiledEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All that was measured, for programs as one line of JSON and for people as a table.
final class BenchReport {
  private final ObjectNode json = Measurement.JSON.createObjectNode();
  private final ArrayNode results;
  private final ArrayNode leftOut;
  private final ArrayNode yardstick;

  BenchReport(Setting setting) {
    json.put("version", Version.number());
    json.put("java", Runtime.version().toString());
    json.put("processor", processor());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("vectors", CompiledEngine.hasVectors());
    json.put("heap_limit_bytes", Runtime.getRuntime().maxMemory());
    json.put("threads", setting.threads());
    json.put("rounds", setting.rounds());
    json.put("scale", setting.scale());
    json.put("quick", setting.quick());
    results = json.putArray("results");
    leftOut = json.putArray("left_out");
    yardstick = json.putArray("yardstick");
  }

  /// What the processor calls itself, where the system tells.
  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  void add(JsonNode measurement) {
    results.add(measurement);
  }

  void leaveOut(String name, String reason) {
    leftOut.addObject().put("case", name).put("reason", reason);
  }

  /// Takes what the comparison with the yardstick finds.
  ArrayNode yardstick() {
    return yardstick;
  }

  String json() {
    return json.toString();
  }

  /// A column of the table.
  ///
  /// @param key of the figure
  /// @param unit of it, in a line of its own
  /// @param scale factor from the figure to the unit
  private record Column(String title, String unit, String key, double scale, String format) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("samples", "/s", "samples_per_second", 1, "%,.0f"),
          new Column("steps", "/s", "steps_per_second", 1, "%,.0f"),
          new Column("synapses", "M/s", "synaptic_operations_per_second", 1e-6, "%,.0f"),
          new Column("by CPU", "M/s", "cpu_synaptic_operations_per_second", 1e-6, "%,.0f"),
          new Column("learning", "M/s", "learning_operations_per_second", 1e-6, "%,.0f"),
          new Column("interpr.", "x", "ratio_to_interpreter", 1, "%.1f"),
          new Column("C", "x", "ratio_to_c", 1, "%.2f"),
          new Column("threads", "x", "thread_speedup", 1, "%.2f"),
          new Column("synapse", "bytes", "bytes_per_synapse", 1, "%.2f"),
          new Column("neuron", "bytes", "bytes_per_neuron", 1, "%.0f"),
          new Column("heap", "MB", "heap_bytes", 1e-6, "%,.1f"),
          new Column("load", "s", "load_seconds", 1, "%.2f"));

  /// What has no column of its own is told below the table.
  private static final List<String> APART =
      List.of(
          "kernel_ratio_to_c",
          "c_cpu_operations_per_second",
          "flit_cpu_synaptic_operations_per_second",
          "flit_ratio_to_analytic",
          "exponent");

  String table() {
    var text = new StringBuilder();
    text.append(
        "%s, %d processors, Java %s, %s%n"
            .formatted(
                json.get("processor").asText(),
                json.get("processors").asInt(),
                json.get("java").asText(),
                json.get("vectors").asBoolean() ? "vectors" : "no vectors"));
    if (json.get("quick").asBoolean()) {
      text.append("quick sizes: the figures say nothing about speed\n");
    }
    if (!results.isEmpty()) {
      rows(text);
    }
    for (var result : results) {
      var more = new ArrayList<String>();
      APART.stream()
          .filter(result::has)
          .forEach(key -> more.add("%s %.4g".formatted(key, result.get(key).asDouble())));
      result
          .path("points")
          .forEach(p ->
              more.add(
                  "%,.0f synapses in %,.1f us"
                      .formatted(
                          p.get("synaptic_operations_per_step").asDouble(),
                          1e6 * p.get("cpu_seconds_per_step").asDouble())));
      if (!more.isEmpty()) {
        text.append("%s: %s%n".formatted(name(result), String.join(", ", more)));
      }
    }
    leftOut.forEach(l ->
        text.append(
            "%s left out: %s%n".formatted(l.get("case").asText(), l.get("reason").asText())));
    yardstick.forEach(y -> text.append(Yardstick.text(y)));
    return text.toString().stripTrailing();
  }

  private static String name(JsonNode result) {
    return result.get("case").asText() + ":" + result.get("variant").asText();
  }

  private void rows(StringBuilder text) {
    var titles = new StringBuilder("%-15s".formatted("case"));
    var units = new StringBuilder("%-15s".formatted(""));
    for (var column : COLUMNS) {
      titles.append("%9s".formatted(column.title()));
      units.append("%9s".formatted(column.unit()));
    }
    text.append(titles).append('\n').append(units).append('\n');
    for (var result : results) {
      text.append("%-15s".formatted(name(result)));
      for (var column : COLUMNS) {
        text.append(
            "%9s"
                .formatted(
                    result.has(column.key())
                        ? column
                            .format()
                            .formatted(column.scale() * result.get(column.key()).asDouble())
                        : ""));
      }
      text.append('\n');
    }
  }
}
