package engram.isa.image;

/// The fixed sizes of a core: the walls that an image has to fit between.
///
/// @param neurons neurons of all populations
/// @param stateWords 64-bit words of neuron state
/// @param synapseWords 64-bit words of synapses and rows
/// @param axons entries of the axon table
/// @param routes entries of the route table
/// @param programWords 64-bit words of microcode and tables
/// @param inbox events that wait for their step
/// @param lanes lanes that an instruction works on at once
public record CoreSpec(
    int neurons,
    int stateWords,
    int synapseWords,
    int axons,
    int routes,
    int programWords,
    int inbox,
    int lanes) {}
