package engram.benchmarks;

import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Engine;
import engram.isa.exec.Interpreter;

/// Where kernels come from.
public enum Kernels {
  /// The specification.
  INTERPRETER,
  /// Programs as JVM code, one lane after the other.
  SCALAR,
  /// The same by vectors.
  VECTORS;

  Engine engine() {
    return switch (this) {
      case INTERPRETER -> new Interpreter();
      case SCALAR -> new CompiledEngine(false);
      case VECTORS -> new CompiledEngine(true);
    };
  }
}
