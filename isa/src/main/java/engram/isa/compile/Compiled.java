package engram.isa.compile;

import engram.isa.exec.Stops;
import engram.isa.exec.Surroundings;
import engram.isa.program.Program;
import java.util.List;

/// A program made into code for one variant; shared by all that run it.
///
/// @param cells what its loads and stores refer to by index
/// @param width lanes of a block
/// @param intSpills, longSpills values that wait between the pieces of a section
record Compiled(
    Program program, KernelCode code, List<Cell> cells, int width, int intSpills, int longSpills) {

  static Compiled of(Compiler compiler, Program program) {
    return new Compiled(
        program,
        compiler.define(),
        compiler.cells(),
        compiler.width(),
        compiler.spills(false),
        compiler.spills(true));
  }

  /// A frame for so many lanes, without arrays of cells.
  Frame frame(Surroundings surroundings, int lanes, Stops stops, Frame.Emissions emissions) {
    int blocks = Math.ceilDiv(lanes, width);
    var frame = new Frame(program, surroundings, cells, blocks, width, stops, emissions);
    frame.intSpills = new int[intSpills][blocks * width];
    frame.longSpills = new long[longSpills][blocks * width];
    return frame;
  }
}
