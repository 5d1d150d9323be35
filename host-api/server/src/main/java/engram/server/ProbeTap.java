package engram.server;

import engram.chip.Chip;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ProbeResponse;
import engram.protocol.v1.Response;

/// Words or counts of a running chip on their way to a client.
final class ProbeTap extends Tap {
  private static final long CREDIT = 16;

  private final ProbeRequest request;
  private final long every;
  private ProbeResponse last;
  private long lost;

  ProbeTap(Call call, ProbeRequest request) {
    super(call, request.getOverflow(), request.getCredit() == 0 ? CREDIT : request.getCredit());
    this.request = request;
    every = Readings.atLeastOne(request.getEverySteps());
  }

  @Override
  boolean stepped(Chip chip) {
    if (call().isClosed()) {
      return false;
    }
    if (chip.timestep() % every != 0) {
      return true;
    }
    if (!hasRoom() && !mayOvershoot()) {
      lost++;
      countLost(1);
      return survivesLoss();
    }
    var read = Readings.probe(chip, request);
    if (request.getOnChange() && last != null && same(read, last)) {
      return true;
    }
    last = read;
    spend(1);
    call()
        .answerMore(
            Response.newBuilder()
                .setProbe(read.toBuilder().setStep(chip.timestep()).setLost(lost)));
    lost = 0;
    return true;
  }

  private static boolean same(ProbeResponse a, ProbeResponse b) {
    return a.getReadCase() == b.getReadCase()
        && a.getWords().getValues().equals(b.getWords().getValues())
        && a.getCost().equals(b.getCost());
  }

  @Override
  void end(CallException why) {
    call().fail(why);
  }
}
