package engram.chip.preset;

/// What a preset says about geometry, a memory or an ability, with its evidence.
///
/// @param value as people read it
/// @param source where it is from, or what it is computed from
public record Fact(String value, Grade grade, String source) {}
