package engram.isa.image;

import engram.isa.Opcode;
import engram.isa.ProgramKind;
import java.util.Set;

/// What a chip can do beyond having room.
///
/// @param programs kinds of program that it runs
/// @param lackingOpcodes instructions that it has not
/// @param formats synapse formats
/// @param weightBits smallest and largest width of a weight
/// @param tags tag words of a synapse
/// @param delay longest delay of an axon, in steps
/// @param payload events can carry one
/// @param history longest history of a field or stream, in steps
/// @param sequencers it has the reduce and rewire engines
/// @param destinations axons that the events of one neuron can reach, all its streams together
public record Capabilities(
    Set<ProgramKind> programs,
    Set<Opcode> lackingOpcodes,
    Set<SynapseFormat> formats,
    Bits weightBits,
    int tags,
    int delay,
    boolean payload,
    int history,
    boolean sequencers,
    int destinations) {

  /// A range of widths.
  public record Bits(int least, int most) {}

  public Capabilities {
    programs = Set.copyOf(programs);
    lackingOpcodes = Set.copyOf(lackingOpcodes);
    formats = Set.copyOf(formats);
  }
}
