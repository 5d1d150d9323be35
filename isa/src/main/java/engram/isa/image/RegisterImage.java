package engram.isa.image;

import engram.isa.NumberFormat;

/// A global register of the chip.
public record RegisterImage(String name, NumberFormat format, int initial) {}
