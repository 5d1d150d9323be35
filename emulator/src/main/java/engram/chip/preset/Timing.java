package engram.chip.preset;

/// What things cost a core and the network, in cycles.
///
/// @param clockHz cycles a second
/// @param event an event delivered
/// @param row a row read by INTEGRATE, before its words
/// @param word a word of synapse memory read or written
/// @param synapse a synapse added to an accumulator
/// @param neuron a neuron whose program ran, before its instructions
/// @param idleNeuron a neuron that was inactive
/// @param scan 64 lanes looked at for activity
/// @param instruction factor on the cycles of an instruction; 0 where `neuron` includes them
/// @param learning a synapse that a synapse program ran over, before its instructions
/// @param emit an event emitted
/// @param barrier end of a step
/// @param link time for which a flit keeps a link, or the port of a core, busy
/// @param hopHorizontal a flit from a router to the next along a row
/// @param hopVertical the same along a column
/// @param local a flit between two cores of one router, or from a router to a core
/// @param queue flits that an input queue of a router holds
/// @param flitBits bits of an event that a link takes in one flit
/// @param hostBits bits that the host's link takes in a cycle
public record Timing(
    double clockHz,
    int event,
    int row,
    int word,
    int synapse,
    int neuron,
    int idleNeuron,
    int scan,
    int instruction,
    int learning,
    int emit,
    int barrier,
    int link,
    int hopHorizontal,
    int hopVertical,
    int local,
    int queue,
    int flitBits,
    int hostBits) {

  public Timing {
    require("clock-hz", clockHz, 1);
    require("link", link, 1);
    require("horizontal-hop", hopHorizontal, 1);
    require("vertical-hop", hopVertical, 1);
    require("local-hop", local, 1);
    require("queue", queue, 1);
    require("flit-bits", flitBits, 1);
    require("host-bits", hostBits, 1);
  }

  private static void require(String what, double value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "timing, %s: %.0f (expected: at least %d)".formatted(what, value, least));
    }
  }
}
