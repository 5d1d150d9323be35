package engram.firmware.network;

import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Line;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.SynapseFormat;
import java.util.ArrayList;
import java.util.List;

/// All synapses from one population to another.
///
/// @param source population whose neurons the rows stand for; of a projection from rows: theirs
/// @param rowsOf projection whose row program emits the lines; empty if the source does
/// @param lines streams that reach the rows, each with a sign and a delay
/// @param target population
/// @param accumulator of the target that the weights add to
/// @param format how synapses are stored
/// @param type width and fraction bits of a weight
/// @param row row program, or null
/// @param learn synapse program, or null
/// @param mirrorOf projection whose transposed copy this is; empty if it has weights of its own
/// @param path what its operations are counted as
public record Projection(
    String name,
    String source,
    String rowsOf,
    List<Line> lines,
    String target,
    String accumulator,
    SynapseFormat format,
    NumberFormat type,
    Weights weights,
    ProgramRef row,
    ProgramRef learn,
    String mirrorOf,
    Path path) {
  public Projection {
    lines = List.copyOf(lines);
  }

  /// A projection to be described: where from, where to and the weights are needed.
  public static Builder named(String name) {
    return new Builder(name);
  }

  /// The transposed copy of a projection, to be fed by streams of its target.
  public static Builder mirror(String name, Projection original) {
    var builder = new Builder(name);
    builder.source = original.target;
    builder.target = original.source;
    builder.format = original.format;
    builder.type = original.type;
    builder.weights = original.weights;
    builder.mirrorOf = original.name;
    builder.path = Path.BACKWARD;
    return builder;
  }

  /// Collects what describes a projection.
  public static final class Builder {
    private final String name;
    private final List<Line> lines = new ArrayList<>();
    private String source = "";
    private String rowsOf = "";
    private String target = "";
    private String accumulator = "";
    private SynapseFormat format;
    private NumberFormat type = NumberFormat.BIT;
    private Weights weights;
    private ProgramRef row;
    private ProgramRef learn;
    private String mirrorOf = "";
    private Path path = Path.FORWARD;

    private Builder(String name) {
      this.name = name;
    }

    /// A stream of a population; of several calls all streams reach the rows.
    ///
    /// @param sign 1 or -1: what payloads are multiplied with
    /// @param delay 1 to 63 steps
    public Builder from(String population, String stream, int sign, int delay) {
      source = population;
      lines.add(new Line(stream, sign, delay));
      return this;
    }

    /// Plain events of a stream, in the next step.
    public Builder from(String population, String stream) {
      return from(population, stream, 1, 1);
    }

    /// A stream that the rows of another projection from `population` emit.
    public Builder fromRows(String population, String projection, Line line) {
      rowsOf = projection;
      return from(population, line.stream(), line.sign(), line.delay());
    }

    public Builder to(String population, String accumulator) {
      this.target = population;
      return into(accumulator);
    }

    /// The accumulator of the target, where the target is known: for mirrors.
    public Builder into(String accumulator) {
      this.accumulator = accumulator;
      return this;
    }

    public Builder weights(NumberFormat type, Weights weights) {
      this.type = type;
      this.weights = weights;
      return this;
    }

    /// How synapses are stored; without a call dense, or sparse where some pairs have none.
    public Builder format(SynapseFormat format) {
      this.format = format;
      return this;
    }

    public Builder rows(ProgramRef program) {
      row = program;
      return this;
    }

    public Builder learning(ProgramRef program) {
      learn = program;
      return this;
    }

    public Builder counted(Path path) {
      this.path = path;
      return this;
    }

    public Projection build() {
      var stored = format != null ? format : weights.naturalFormat();
      return new Projection(
          name,
          source,
          rowsOf,
          lines,
          target,
          accumulator,
          stored,
          type,
          weights,
          row,
          learn,
          mirrorOf,
          path);
    }
  }
}
