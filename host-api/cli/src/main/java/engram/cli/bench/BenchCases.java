package engram.cli.bench;

import java.util.List;

/// All cases, in the order in which they run.
final class BenchCases {
  static final List<BenchCase> ALL =
      List.of(
          new TrainingCase(),
          new InferenceCase(),
          new DenseRowsCase(),
          new RandomNetworkCase(),
          new SynapseProgramCase(),
          new LargeChipCase(),
          new NocCase(),
          new GrowthCase());

  private BenchCases() {}
}
