package engram.client;

import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ReadRequest;

/// What to look at in a running chip, and how often.
public final class ProbeOptions {
  /// Credit of a probe that asks for none, in samples.
  public static final long DEFAULT_CREDIT = 16;

  private final ProbeRequest request;

  private ProbeOptions(ProbeRequest.Builder request) {
    this.request = request.build();
  }

  private static ProbeRequest.Builder probe() {
    return ProbeRequest.newBuilder().setCredit(DEFAULT_CREDIT).setOverflow(Overflow.DROP.wire());
  }

  /// Words of the neurons of a population.
  public static ProbeOptions field(String population, String field) {
    return new ProbeOptions(
        probe().setField(ReadRequest.Field.newBuilder().setPopulation(population).setField(field)));
  }

  /// Weights of a projection.
  public static ProbeOptions weights(String projection) {
    return new ProbeOptions(
        probe().setSynapses(ReadRequest.Synapses.newBuilder().setProjection(projection)));
  }

  /// Tags of a projection.
  public static ProbeOptions tags(String projection, String tag) {
    return new ProbeOptions(
        probe()
            .setSynapses(ReadRequest.Synapses.newBuilder().setProjection(projection).setTag(tag)));
  }

  /// A global register.
  public static ProbeOptions register(String name) {
    return new ProbeOptions(probe().setRegister(name));
  }

  /// Counts, cycles, flits of links, energy.
  public static ProbeOptions counters() {
    return new ProbeOptions(probe().setCounters(ProbeRequest.Counters.getDefaultInstance()));
  }

  /// After every so many steps; after each unless told otherwise.
  public ProbeOptions everySteps(long steps) {
    return new ProbeOptions(request.toBuilder().setEverySteps(steps));
  }

  /// Only if it differs from what was sent last.
  public ProbeOptions onChange() {
    return new ProbeOptions(request.toBuilder().setOnChange(true));
  }

  public ProbeOptions withOverflow(Overflow overflow) {
    return new ProbeOptions(request.toBuilder().setOverflow(overflow.wire()));
  }

  /// Samples that the server may send before the first of them is taken.
  public ProbeOptions withCredit(long samples) {
    LiveStream.requireCredit(samples);
    return new ProbeOptions(request.toBuilder().setCredit(samples));
  }

  ProbeRequest request() {
    return request;
  }
}
