package engram.isa.image;

import engram.isa.verify.Linkage;
import engram.isa.verify.VerifiedProgram;
import java.util.List;

/// An image that fits a chip, with its programs verified and linked. Chips load nothing else.
///
/// @param linkages by index of the projection; null where it has no learning program
public record CheckedImage(
    ChipSpec spec,
    ChipImage image,
    List<VerifiedProgram> programs,
    List<Linkage> linkages,
    LoadReport report) {}
