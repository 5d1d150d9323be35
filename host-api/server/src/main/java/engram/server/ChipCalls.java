package engram.server;

import engram.chip.Chip;
import engram.chip.Snapshot;
import engram.firmware.Firmware;
import engram.firmware.mapper.Mapper;
import engram.firmware.network.NetworkFile;
import engram.firmware.recipe.Recipe;
import engram.firmware.ssnn.SsnnNetwork;
import engram.isa.image.ChipImage;
import engram.isa.image.ImageCodec;
import engram.protocol.Columns;
import engram.protocol.v1.ClearFaultsResponse;
import engram.protocol.v1.Code;
import engram.protocol.v1.CostResponse;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.DigestResponse;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.InjectFaultsResponse;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.InjectResponse;
import engram.protocol.v1.LoadRequest;
import engram.protocol.v1.LoadResponse;
import engram.protocol.v1.OverflowPolicy;
import engram.protocol.v1.PlayRequest;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ResetResponse;
import engram.protocol.v1.Response;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.RestoreResponse;
import engram.protocol.v1.RunRequest;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.SaveResponse;
import engram.protocol.v1.SubscribeRequest;
import engram.protocol.v1.WriteRequest;
import engram.protocol.v1.WriteResponse;
import java.io.IOException;
import java.util.Map;

/// What clients ask of one chip, each call as a command of the chip's own thread.
final class ChipCalls {

  private final Lease lease;
  private final ChipRunner runner;

  ChipCalls(Lease lease) {
    this.lease = lease;
    runner = lease.runner();
  }

  /// Lets the chip's thread serve a call.
  void serve(Call call) {
    var request = call.request();
    switch (request.getCallCase()) {
      case DESCRIBE -> runner.submit(call, () -> describe(call));
      case LOAD -> runner.submit(call, () -> load(call, request.getLoad()));
      case RESET -> runner.submit(call, () -> reset(call));
      case READ -> runner.submit(call, () -> read(call));
      case WRITE -> runner.submit(call, () -> write(call, request.getWrite()));
      case COST -> runner.submit(call, () -> cost(call));
      case DIGEST -> runner.submit(call, () -> digest(call));
      case ACTIVITY -> runner.submit(call, () -> activity(call));
      case INJECT_FAULTS ->
          runner.submit(call, () -> injectFaults(call, request.getInjectFaults()));
      case FAULTS -> runner.submit(call, () -> faults(call));
      case CLEAR_FAULTS -> runner.submit(call, () -> clearFaults(call));
      case RUN -> run(call, request.getRun());
      case INJECT -> inject(call, request.getInject());
      case SUBSCRIBE -> runner.submit(call, () -> subscribe(call, request.getSubscribe()));
      case PROBE -> runner.submit(call, () -> probe(call, request.getProbe()));
      case PLAY -> play(call, request.getPlay());
      case STOP -> runner.submit(call, () -> runner.stop(call));
      case UDP_INPUT ->
          runner.submit(call, () -> UdpInput.open(call, request.getUdpInput(), lease));
      case UDP_OUTPUT ->
          runner.submit(call, () -> UdpOutput.open(call, request.getUdpOutput(), lease));
      case SAVE -> runner.submit(call, () -> save(call, request.getSave()));
      case RESTORE -> runner.submit(call, () -> restore(call, request.getRestore()));
      default -> throw new IllegalStateException("no call to a chip: " + request.getCallCase());
    }
  }

  private void describe(Call call) {
    var description =
        runner.isLoaded()
            ? Readings.describe(runner.chip()).toBuilder().setRunning(runner.isRunning())
            : DescribeResponse.newBuilder().setPreset(lease.preset().name());
    call.session().requireRoom();
    call.answer(Response.newBuilder().setDescribe(description));
  }

  // Loading.

  private void load(Call call, LoadRequest request) throws IOException {
    if (!request.getVerifyOnly()) {
      runner.requireRest();
    }
    var report = new StringBuilder();
    var image = image(request, report);
    var loaded = Chip.load(lease.preset(), image, lease.options());
    boolean taken = false;
    try {
      report.append(loaded.loadReport().table()).append(loaded.stepBudget().table());
      var response =
          LoadResponse.newBuilder()
              .setReport(report.toString())
              .addAllWarnings(loaded.stepBudget().warnings())
              .addAllRemarks(loaded.options().engine().remarks());
      taken = !request.getVerifyOnly() && call.commit();
      if (taken) {
        runner.load(loaded);
      }
      call.answer(Response.newBuilder().setLoad(response));
    } finally {
      if (!taken) {
        loaded.close();
      }
    }
  }

  private ChipImage image(LoadRequest request, StringBuilder report) throws IOException {
    return switch (request.getWhatCase()) {
      case IMAGE -> ImageCodec.decode(request.getImage().toByteArray());
      case STORED_IMAGE -> {
        try (var in = lease.account().store().read(request.getStoredImage())) {
          yield ImageCodec.decode(in.readAllBytes());
        }
      }
      case NETWORK -> {
        var network = NetworkFile.read("network", request.getNetwork().getYaml());
        var mapping =
            Mapper.map(
                network, lease.preset().spec(), withOwn(request.getNetwork().getProgramsMap()));
        report.append(mapping.report());
        yield mapping.image();
      }
      case RECIPE -> {
        var recipe = request.getRecipe();
        var settings =
            Recipe.named(recipe.getName())
                .with(recipe.getSettingsMap())
                .settings(recipe.getInputs(), recipe.getClasses(), recipe.getSeed());
        var mapping =
            Mapper.map(SsnnNetwork.of(settings), lease.preset().spec(), Firmware.library());
        report.append(mapping.report());
        yield mapping.image();
      }
      case WHAT_NOT_SET -> throw Readings.missing("what");
    };
  }

  private static Firmware withOwn(Map<String, String> programs) {
    return name -> {
      if (!name.startsWith("./")) {
        return Firmware.library().source(name);
      }
      String source = programs.get(name.substring(2));
      if (source == null) {
        throw CallException.of(
                Code.CODE_INVALID_ARGUMENT,
                "program: %s (expected: its source in programs, under %s)",
                name,
                name.substring(2))
            .about(name);
      }
      return source;
    };
  }

  private void reset(Call call) {
    runner.restingChip();
    if (!call.commit()) {
      return;
    }
    runner.reset();
    call.answer(Response.newBuilder().setReset(ResetResponse.getDefaultInstance()));
  }

  // Words.

  private void read(Call call) {
    call.session().requireRoom();
    call.answer(
        Response.newBuilder().setRead(Readings.read(runner.chip(), call.request().getRead())));
  }

  private void write(Call call, WriteRequest request) {
    var chip = runner.chip();
    if (!call.commit()) {
      return;
    }
    switch (request.getWhatCase()) {
      case FIELD -> {
        var field = request.getField();
        int[] values = Columns.ints("values", field.getValues());
        chip.write(field.getPopulation(), field.getField(), field.getFirst(), values);
      }
      case WEIGHTS -> {
        var weights = request.getWeights();
        int[] values = Columns.ints("values", weights.getValues());
        if (weights.hasFirstSource()) {
          chip.writeWeights(weights.getProjection(), weights.getFirstSource(), values);
        } else {
          chip.writeWeights(weights.getProjection(), values);
        }
      }
      case REGISTER ->
          chip.setRegister(request.getRegister().getName(), request.getRegister().getValue());
      case CLOCK -> chip.setClock(request.getClock());
      case WHAT_NOT_SET -> throw Readings.missing("what");
    }
    call.answer(
        Response.newBuilder().setWrite(WriteResponse.newBuilder().setStep(chip.timestep())));
  }

  private void cost(Call call) {
    var chip = runner.chip();
    call.session().requireRoom();
    call.answer(
        Response.newBuilder()
            .setCost(CostResponse.newBuilder().setCost(Readings.cost(chip, chip.cost()))));
  }

  private void digest(Call call) {
    var chip = runner.chip();
    call.answer(
        Response.newBuilder()
            .setDigest(
                DigestResponse.newBuilder()
                    .setState(chip.stateDigest())
                    .setCost(chip.costDigest())
                    .setStep(chip.timestep())));
  }

  private void activity(Call call) {
    call.session().requireRoom();
    call.answer(Response.newBuilder().setActivity(runner.activity(lease.driver())));
  }

  // Faults.

  private void injectFaults(Call call, InjectFaultsRequest request) {
    var chip = runner.chip();
    var faults = FaultMessages.faults(request, chip.timestep());
    if (!call.commit()) {
      return;
    }
    chip.inject(faults);
    runner.countFaults();
    call.answer(
        Response.newBuilder()
            .setInjectFaults(
                InjectFaultsResponse.newBuilder()
                    .setStep(chip.timestep())
                    .setFaults(chip.faults().size())));
  }

  private void faults(Call call) {
    var chip = runner.chip();
    call.session().requireRoom();
    call.answer(
        Response.newBuilder().setFaults(FaultMessages.answer(chip.faults(), chip.timestep())));
  }

  private void clearFaults(Call call) {
    var chip = runner.chip();
    if (!call.commit()) {
      return;
    }
    int cleared = chip.faults().size();
    chip.clearFaults();
    call.answer(
        Response.newBuilder().setClearFaults(ClearFaultsResponse.newBuilder().setCleared(cleared)));
  }

  // Time.

  private void run(Call call, RunRequest request) {
    runner.submit(
        call,
        () -> {
          var job = new RunJob(call, request, runner);
          if (call.endedBy(why -> runner.post(() -> runner.end(job, why)))) {
            runner.start(job);
          }
        });
  }

  private void play(Call call, PlayRequest request) {
    runner.submit(
        call,
        () -> {
          var job = new PlayJob(call, request, runner);
          if (call.endedBy(why -> runner.post(() -> runner.end(job, why)))) {
            runner.start(job);
            call.session().feeds(call, job);
            job.open();
          } else {
            job.close();
          }
        });
  }

  private void inject(Call call, InjectRequest request) {
    int[] neurons = Columns.ints("neurons", request.getNeurons());
    short[] payloads =
        request.getPayloads().isEmpty() ? null : Columns.shorts("payloads", request.getPayloads());
    long[] steps = request.getSteps().isEmpty() ? null : Columns.longs("steps", request.getSteps());
    requireLength("payloads", payloads == null ? neurons.length : payloads.length, neurons.length);
    requireLength("steps", steps == null ? neurons.length : steps.length, neurons.length);
    int retry = lease.account().takeEvents(neurons.length);
    if (retry > 0) {
      throw CallException.of(
              Code.CODE_RESOURCE_EXHAUSTED,
              "events of %s: %d more (expected: at most %d a second)",
              lease.account().name(),
              neurons.length,
              lease.account().quota().eventsPerSecond())
          .retryAfter(retry);
    }
    runner.submit(
        call,
        () -> {
          var chip = runner.chip();
          long now = chip.timestep();
          if (!call.commit()) {
            return;
          }
          var taken =
              runner
                  .pending()
                  .add(
                      chip.events(request.getPopulation()),
                      neurons,
                      payloads,
                      steps,
                      request.hasStep() ? request.getStep() : now,
                      request.getLate(),
                      now);
          runner.metrics().taken(taken);
          call.answer(
              Response.newBuilder()
                  .setInject(
                      InjectResponse.newBuilder()
                          .setAccepted(taken.accepted())
                          .setLate(taken.late())
                          .setDropped(taken.dropped())
                          .setStep(now)));
        });
  }

  private static void requireLength(String column, int values, int neurons) {
    if (values != neurons) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "%s: %d values (expected: none, or %d, one for each neuron)",
          column,
          values,
          neurons);
    }
  }

  // Streams.

  private void subscribe(Call call, SubscribeRequest request) {
    requirePolicy(call, request.getOverflow());
    var chip = runner.chip();
    String population = request.getPopulation();
    var stream = chip.stream(population, Readings.stream(chip, population, request.getStream()));
    int first = 0;
    int end = chip.size(population);
    if (request.hasCore()) {
      var slice =
          chip.image().cores().stream()
              .filter(core -> core.core() == request.getCore())
              .flatMap(core -> core.slices().stream())
              .filter(s -> chip.image().populations().get(s.population()).name().equals(population))
              .findFirst()
              .orElseThrow(() ->
                  CallException.of(
                      Code.CODE_NOT_FOUND,
                      "core: %s (expected: one that holds neurons of %s)",
                      Integer.toUnsignedString(request.getCore()),
                      population));
      first = slice.first();
      end = first + slice.count();
    }
    open(call, new EventTap(call, request, stream, first, end));
  }

  private void probe(Call call, ProbeRequest request) {
    requirePolicy(call, request.getOverflow());
    Readings.probe(runner.chip(), request);
    open(call, new ProbeTap(call, request));
  }

  private void requirePolicy(Call call, OverflowPolicy policy) {
    if (policy == OverflowPolicy.OVERFLOW_POLICY_BLOCK && call.session() != lease.driver()) {
      throw new CallException(
          Code.CODE_PERMISSION_DENIED, "overflow: BLOCK is for the client that drives the chip");
    }
    if (policy == OverflowPolicy.UNRECOGNIZED) {
      throw new CallException(Code.CODE_INVALID_ARGUMENT, "overflow: unknown (expected: 0 to 3)");
    }
  }

  private void open(Call call, Tap tap) {
    boolean open =
        call.endedBy(why ->
            runner.post(() -> {
              runner.remove(tap);
              tap.end(new CallException(why, Call.ended(why).getMessage()));
            }));
    if (open) {
      runner.add(tap);
      call.session().credits(call, tap);
    }
  }

  // States.

  private void save(Call call, SaveRequest request) throws IOException {
    var chip = runner.chip();
    long bytes =
        lease
            .account()
            .store()
            .write(
                request.getName(),
                out -> {
                  chip.snapshot(request.getNote(), out);
                  if (!call.commit()) {
                    throw new CallException(
                        Code.CODE_CANCELLED, Call.ended(Code.CODE_CANCELLED).getMessage());
                  }
                });
    call.answer(
        Response.newBuilder()
            .setSave(SaveResponse.newBuilder().setBytes(bytes).setStep(chip.timestep())));
  }

  private void restore(Call call, RestoreRequest request) throws IOException {
    runner.requireRest();
    try (var in = lease.account().store().read(request.getName())) {
      var snapshot = Snapshot.read(in);
      var chip = snapshot.restore(lease.preset(), lease.options());
      if (!call.commit()) {
        chip.close();
        return;
      }
      runner.load(chip);
      call.answer(
          Response.newBuilder()
              .setRestore(
                  RestoreResponse.newBuilder().setStep(chip.timestep()).setNote(snapshot.note())));
    }
  }
}
