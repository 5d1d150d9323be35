package engram.cli.train;

/// Follows a run and says nothing.
enum SilentListener implements Training.Listener {
  INSTANCE;

  @Override
  public void trained(
      TrainingState state, int total, double samplesPerSecond, double error, double events) {}

  @Override
  public void looked(int epoch, double testAccuracy, double runningAccuracy) {}

  @Override
  public void evaluated(int done, int total) {}
}
