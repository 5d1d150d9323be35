package engram.isa.image;

/// A chip as whoever fills it must know it: geometry, memories, capabilities.
public record ChipSpec(String name, Mesh mesh, CoreSpec core, Capabilities can) {}
