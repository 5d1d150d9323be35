package engram.isa.image;

/// How a labelled sample gets onto the chip and its class off it. At the first of `steps` steps the
/// host sets the clock to the sample's number and writes the data and the label; the programs do
/// the rest.
///
/// @param data population whose neurons take one value of the sample each
/// @param dataField field that takes it
/// @param label population with one neuron a class, or empty if the network is told no label
/// @param labelField field that is `labelOn` for the class and 0 for the others
/// @param vote population with one neuron a class, whose events are votes for it
/// @param voteStream stream that carries them
/// @param learn register that is 1 while a sample teaches, else 0
/// @param steps timesteps of a sample in training
public record SamplePort(
    String data,
    String dataField,
    String label,
    String labelField,
    int labelOn,
    String vote,
    String voteStream,
    String learn,
    int steps) {}
