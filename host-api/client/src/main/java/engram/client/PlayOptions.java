package engram.client;

import engram.protocol.v1.PlayRequest;

/// How samples are played.
public final class PlayOptions {
  private final PlayRequest request;

  private PlayOptions(PlayRequest.Builder request) {
    this.request = request.build();
  }

  /// Samples teach.
  public static PlayOptions train() {
    return new PlayOptions(PlayRequest.newBuilder().setLearn(true));
  }

  /// Samples are classified by a copy of the chip, which itself stays as it is.
  public static PlayOptions classify() {
    return new PlayOptions(PlayRequest.newBuilder().setOnCopy(true));
  }

  /// Timesteps of a sample; as many as the network was made for unless told otherwise.
  public PlayOptions withSteps(int steps) {
    return new PlayOptions(request.toBuilder().setSteps(steps));
  }

  public PlayOptions onCopy(boolean copy) {
    return new PlayOptions(request.toBuilder().setOnCopy(copy));
  }

  /// Number of the first sample, by which its chance is keyed; the next ones follow.
  public PlayOptions withFirstNumber(long number) {
    return new PlayOptions(request.toBuilder().setFirstNumber(number));
  }

  /// A global register to write before the first sample.
  public PlayOptions withRegister(String name, int value) {
    return new PlayOptions(request.toBuilder().putRegisters(name, value));
  }

  /// Results carry the votes of each class.
  public PlayOptions withVotes() {
    return new PlayOptions(request.toBuilder().setVotes(true));
  }

  PlayRequest request() {
    return request;
  }
}
