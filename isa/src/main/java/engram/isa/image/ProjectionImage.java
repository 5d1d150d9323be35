package engram.isa.image;

import engram.isa.NumberFormat;
import java.util.List;

/// A projection as the network knows it, however it is split.
///
/// @param source index of the population its rows stand for
/// @param target index of the population its synapses end on
/// @param accumulator name of the accumulator they add to
/// @param lines the streams that reach its rows: of the source, or of the row program of `rowsOf`
/// @param rowsOf index of the projection whose rows emit the lines, or `NONE`; it has the same
///   source
/// @param weights width of a weight; symmetric about 0, so that the lowest value is never used
/// @param rowProgram index of the row program, or `NONE`
/// @param synapseProgram index of the learning program, or `NONE`
/// @param mirrorOf index of the projection whose transposed copy this is, or `NONE`
/// @param path what its synaptic operations are counted as
public record ProjectionImage(
    String name,
    int source,
    int target,
    String accumulator,
    List<Line> lines,
    int rowsOf,
    SynapseFormat format,
    NumberFormat weights,
    int rowProgram,
    int synapseProgram,
    int mirrorOf,
    Path path) {

  /// No program, no other projection.
  public static final int NONE = -1;

  /// A stream of the source, with the sign its events get and the steps they take.
  public record Line(String stream, int sign, int delay) {}

  /// What synaptic operations are counted as.
  public enum Path {
    /// Activity.
    FORWARD,
    /// Errors and other signals that serve learning.
    BACKWARD
  }

  public ProjectionImage {
    lines = List.copyOf(lines);
  }

  public boolean isMirror() {
    return mirrorOf != NONE;
  }

  public boolean learns() {
    return synapseProgram != NONE;
  }
}
