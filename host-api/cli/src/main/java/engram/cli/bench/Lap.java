package engram.cli.bench;

/// What a contender did in one round, and how long that took.
///
/// @param steps timesteps, or what stands for one
/// @param operations synapses read because an event arrived
/// @param learned synapses that a synapse program ran over
/// @param cpuSeconds processor time of the one thread that did it; NaN where several did
record Lap(
    double steps, double operations, double learned, double wallSeconds, double cpuSeconds) {}
