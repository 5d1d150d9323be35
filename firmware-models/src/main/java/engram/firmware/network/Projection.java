package engram.firmware.network;

import engram.isa.NumberFormat;
import engram.isa.image.ProjectionImage.Path;
import engram.isa.image.SynapseFormat;
import java.util.List;

/// All synapses from one population to another.
///
/// @param source population whose neurons the rows stand for
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

  /// A stream on its way to the rows.
  public record Line(String stream, int sign, int delay) {}

  public Projection {
    lines = List.copyOf(lines);
  }

  /// A projection without learning: plain spikes, delay 1.
  public static Projection of(
      String name,
      String source,
      String stream,
      String target,
      String accumulator,
      NumberFormat type,
      Weights weights) {
    return new Projection(
        name,
        source,
        "",
        List.of(new Line(stream, 1, 1)),
        target,
        accumulator,
        weights.dense() ? SynapseFormat.DENSE : SynapseFormat.SPARSE,
        type,
        weights,
        null,
        null,
        "",
        Path.FORWARD);
  }

  /// The transposed copy of a projection, fed by streams of its target.
  public static Projection mirror(
      String name, Projection original, String accumulator, List<Line> lines, ProgramRef learn) {
    return new Projection(
        name,
        original.target,
        "",
        lines,
        original.source,
        accumulator,
        original.format,
        original.type,
        original.weights,
        null,
        learn,
        original.name,
        Path.BACKWARD);
  }

  public Projection withLines(Line... lines) {
    return new Projection(
        name,
        source,
        rowsOf,
        List.of(lines),
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }

  public Projection withFormat(SynapseFormat format) {
    return new Projection(
        name,
        source,
        rowsOf,
        lines,
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }

  public Projection learning(ProgramRef learn) {
    return new Projection(
        name,
        source,
        rowsOf,
        lines,
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }

  public Projection withRows(ProgramRef row) {
    return new Projection(
        name,
        source,
        rowsOf,
        lines,
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }

  public Projection fromRowsOf(String projection) {
    return new Projection(
        name,
        source,
        projection,
        lines,
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }

  public Projection counted(Path path) {
    return new Projection(
        name,
        source,
        rowsOf,
        lines,
        target,
        accumulator,
        format,
        type,
        weights,
        row,
        learn,
        mirrorOf,
        path);
  }
}
