package engram.client;

/// How microcode is run. None of them changes a result.
public enum Engine {
  /// By the interpreter, which is the specification.
  REFERENCE,
  /// As vector code.
  COMPILED;

  engram.protocol.v1.Engine wire() {
    return engram.protocol.v1.Engine.valueOf("ENGINE_" + name());
  }
}
