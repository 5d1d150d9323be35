package engram.client;

import com.google.protobuf.ByteString;
import engram.protocol.Columns;
import engram.protocol.v1.ActivityRequest;
import engram.protocol.v1.ActivityResponse;
import engram.protocol.v1.ClearFaultsRequest;
import engram.protocol.v1.Cost;
import engram.protocol.v1.CostRequest;
import engram.protocol.v1.DescribeRequest;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.DigestRequest;
import engram.protocol.v1.FaultsRequest;
import engram.protocol.v1.InjectFaultsRequest;
import engram.protocol.v1.InjectRequest;
import engram.protocol.v1.LoadResponse;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReadResponse;
import engram.protocol.v1.ReattachResponse;
import engram.protocol.v1.Request;
import engram.protocol.v1.ResetRequest;
import engram.protocol.v1.Response;
import engram.protocol.v1.Response.ResultCase;
import engram.protocol.v1.RestoreRequest;
import engram.protocol.v1.RestoreResponse;
import engram.protocol.v1.SaveRequest;
import engram.protocol.v1.SaveResponse;
import engram.protocol.v1.StopRequest;
import engram.protocol.v1.StopResponse;
import engram.protocol.v1.WriteRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// A chip at the other end of the socket. Closing it ends its streams and gives it back; a chip
/// that is only watched goes on.
///
/// Calls take effect in the order in which they are made. Those on a chip that is only watched are
/// refused by the server if they would change it. While the chip is open the client sends the signs
/// of life that keep its lease.
public final class RemoteChip implements AutoCloseable {
  /// The tag that means the weight itself.
  private static final String WEIGHT = "";

  private final Lease lease;
  private final Duration callTimeout;
  private final Duration jobTimeout;

  /// @param callTimeout deadline of calls, zero: none
  /// @param jobTimeout deadline of runs, zero: none
  RemoteChip(Lease lease, Duration callTimeout, Duration jobTimeout) {
    this.lease = lease;
    this.callTimeout = callTimeout;
    this.jobTimeout = jobTimeout;
  }

  /// The same chip with another deadline for its calls, runs among them; streams and plays have
  /// none. A call that is not done in time is cancelled and fails with `DEADLINE_EXCEEDED`.
  public RemoteChip withDeadline(Duration deadline) {
    if (deadline.toMillis() < 1) {
      throw new IllegalArgumentException(
          "deadline: %s (expected: 1 ms or more)".formatted(deadline));
    }
    return new RemoteChip(lease, deadline, deadline);
  }

  private <T> Call<T> call(
      Request.Builder request, ResultCase expected, Function<Response, T> answer) {
    var seat = lease.seat();
    return seat.link().call(request.setChip(seat.chip()), callTimeout, expected, answer);
  }

  /// Name of the lease, by which others can watch the chip.
  public String lease() {
    return lease.name();
  }

  /// Secret that takes up the lease after a lost connection, from any client.
  public String reattachToken() {
    return lease.reattachToken();
  }

  /// Takes the chip up again after its connection was lost. Streams and plays ended with the
  /// connection; a run went on meanwhile, and [#stop()] ends it.
  public ReattachResponse reattach() {
    return lease.reattach(callTimeout);
  }

  /// Lets go of the chip without giving it back. It lives on for the lease's time to live, in which
  /// another client can take it up.
  ///
  /// @return the reattach token
  public String detach() {
    lease.detach();
    return lease.reattachToken();
  }

  /// Ends the chip's streams and gives the chip back: its run is stopped, its content forgotten. A
  /// chip that is only watched goes on, and so does the connection for whatever else uses it.
  @Override
  public void close() {
    lease.release(callTimeout);
  }

  /// What the chip is and holds.
  public DescribeResponse describe() {
    return describeCall().await();
  }

  public CompletableFuture<DescribeResponse> describeAsync() {
    return describeCall();
  }

  private Call<DescribeResponse> describeCall() {
    return call(
        Request.newBuilder().setDescribe(DescribeRequest.getDefaultInstance()),
        ResultCase.DESCRIBE,
        Response::getDescribe);
  }

  /// Loads an image or a network. What is refused leaves the chip as it was.
  public LoadResponse load(Firmware firmware) {
    return loadCall(firmware, false).await();
  }

  public CompletableFuture<LoadResponse> loadAsync(Firmware firmware) {
    return loadCall(firmware, false);
  }

  /// Checks an image or a network; the chip stays as it is.
  public LoadResponse verify(Firmware firmware) {
    return loadCall(firmware, true).await();
  }

  public CompletableFuture<LoadResponse> verifyAsync(Firmware firmware) {
    return loadCall(firmware, true);
  }

  private Call<LoadResponse> loadCall(Firmware firmware, boolean verifyOnly) {
    return call(
        Request.newBuilder().setLoad(firmware.request().toBuilder().setVerifyOnly(verifyOnly)),
        ResultCase.LOAD,
        Response::getLoad);
  }

  /// Sets all activity back to its start: fields, events, the timestep. Weights and tags stay.
  public void reset() {
    resetCall().await();
  }

  public CompletableFuture<Void> resetAsync() {
    return resetCall();
  }

  private Call<Void> resetCall() {
    return call(
        Request.newBuilder().setReset(ResetRequest.getDefaultInstance()),
        ResultCase.RESET,
        _ -> null);
  }

  /// Runs some steps.
  public RunResult run(long steps) {
    return run(RunOptions.steps(steps));
  }

  public RunResult run(RunOptions options) {
    return runAsync(options).result();
  }

  public Run runAsync(long steps) {
    return runAsync(RunOptions.steps(steps));
  }

  public Run runAsync(RunOptions options) {
    var seat = lease.seat();
    var run = new Run(seat.link());
    seat.link()
        .send(
            Request.newBuilder().setChip(seat.chip()).setRun(options.request()),
            run.id(),
            jobTimeout,
            run);
    return run;
  }

  /// Ends the run or play that is on its way, whoever began it, and waits until the chip rests:
  /// after its step, a play at its sample's end. So a run that was begun before [#reattach()] can
  /// be ended.
  ///
  /// @return whether there was one, and the step that comes next
  public StopResponse stop() {
    return stopCall().await();
  }

  public CompletableFuture<StopResponse> stopAsync() {
    return stopCall();
  }

  private Call<StopResponse> stopCall() {
    return call(
        Request.newBuilder().setStop(StopRequest.getDefaultInstance()),
        ResultCase.STOP,
        Response::getStop);
  }

  /// Words of the neurons of a population.
  ///
  /// @param field name of a field, parameter or accumulator
  public Words readField(String population, String field) {
    return readCall(fieldOf(population, field)).await();
  }

  public CompletableFuture<Words> readFieldAsync(String population, String field) {
    return readCall(fieldOf(population, field));
  }

  /// Weights of a projection, by source and target. Those of a large one come piece by piece: a run
  /// that is on its way goes on between two of them, and `step` is that of the last.
  public Words readWeights(String projection) {
    return readTags(projection, WEIGHT, 0, 0);
  }

  public CompletableFuture<Words> readWeightsAsync(String projection) {
    return readTagsAsync(projection, WEIGHT, 0, 0);
  }

  /// Weights of some sources.
  ///
  /// @param first source
  /// @param sources number of sources; 0: all behind the first
  public Words readWeights(String projection, int first, int sources) {
    return readTags(projection, WEIGHT, first, sources);
  }

  public CompletableFuture<Words> readWeightsAsync(String projection, int first, int sources) {
    return readTagsAsync(projection, WEIGHT, first, sources);
  }

  /// Tags of a projection, by source and target.
  public Words readTags(String projection, String tag) {
    return readTags(projection, tag, 0, 0);
  }

  public CompletableFuture<Words> readTagsAsync(String projection, String tag) {
    return readTagsAsync(projection, tag, 0, 0);
  }

  public Words readTags(String projection, String tag, int first, int sources) {
    return Call.await(lease.seat().link(), readPieces(projection, tag, first, sources));
  }

  public CompletableFuture<Words> readTagsAsync(
      String projection, String tag, int first, int sources) {
    return readPieces(projection, tag, first, sources);
  }

  private Pieces<Words> readPieces(String projection, String tag, int first, int sources) {
    return new Pieces.Read(
        (from, count) -> synapsesCall(synapsesOf(projection, tag, from, count)), first, sources);
  }

  /// Value of a global register.
  public int readRegister(String name) {
    return registerCall(name).await();
  }

  public CompletableFuture<Integer> readRegisterAsync(String name) {
    return registerCall(name);
  }

  private static ReadRequest.Builder fieldOf(String population, String field) {
    return ReadRequest.newBuilder()
        .setField(ReadRequest.Field.newBuilder().setPopulation(population).setField(field));
  }

  private static ReadRequest.Builder synapsesOf(
      String projection, String tag, int first, int sources) {
    return ReadRequest.newBuilder()
        .setSynapses(
            ReadRequest.Synapses.newBuilder()
                .setProjection(projection)
                .setTag(tag)
                .setFirstSource(first)
                .setSources(sources)
                .setMostBytes(Pieces.MOST_BYTES));
  }

  private Call<ReadResponse> synapsesCall(ReadRequest.Builder what) {
    return call(Request.newBuilder().setRead(what), ResultCase.READ, Response::getRead);
  }

  private Call<Words> readCall(ReadRequest.Builder what) {
    return call(
        Request.newBuilder().setRead(what),
        ResultCase.READ,
        response -> Words.of(response.getRead()));
  }

  private Call<Integer> registerCall(String name) {
    return call(
        Request.newBuilder().setRead(ReadRequest.newBuilder().setRegister(name)),
        ResultCase.READ,
        response -> single(response.getRead()));
  }

  private static int single(ReadResponse read) {
    int[] values = Columns.ints("values", read.getValues());
    if (values.length != 1) {
      throw new IllegalArgumentException(
          "values of a register: %d (expected: 1)".formatted(values.length));
    }
    return values[0];
  }

  /// Writes a field or parameter of some neurons before the step that comes next.
  ///
  /// @param first neuron
  /// @return the step that sees the values first
  public long writeField(String population, String field, int first, int[] values) {
    return writeCall(valuesOf(population, field, first, values)).await();
  }

  public CompletableFuture<Long> writeFieldAsync(
      String population, String field, int first, int[] values) {
    return writeCall(valuesOf(population, field, first, values));
  }

  /// Writes all weights of a projection and its mirrors. More than a message has room for travel
  /// piece by piece, each of which is taken or refused for itself; the array must not change
  /// meanwhile.
  ///
  /// @param values by source and target: source * targets + target
  /// @return the step that sees them first, or the last of them
  public long writeWeights(String projection, int[] values) {
    return Call.await(lease.seat().link(), writeAll(projection, values));
  }

  public CompletableFuture<Long> writeWeightsAsync(String projection, int[] values) {
    return writeAll(projection, values);
  }

  private CompletableFuture<Long> writeAll(String projection, int[] values) {
    int most = lease.seat().link().mostBytes(Pieces.MOST_BYTES);
    if ((long) Integer.BYTES * values.length <= most) {
      return writeCall(weightsOf(projection, values, 0, values.length));
    }
    return new Pieces.Write(
        synapsesCall(synapsesOf(projection, WEIGHT, 0, 1)),
        (first, from, to) -> {
          var piece = weightsOf(projection, values, from, to);
          piece.getWeightsBuilder().setFirstSource(first);
          return writeCall(piece);
        },
        projection,
        values.length,
        most);
  }

  /// Writes the weights of some sources of a projection, and those of its mirrors.
  ///
  /// @param first source
  /// @param values of whole sources
  /// @return the step that sees them first
  public long writeWeights(String projection, int first, int[] values) {
    return writeCall(weightsFrom(projection, first, values)).await();
  }

  public CompletableFuture<Long> writeWeightsAsync(String projection, int first, int[] values) {
    return writeCall(weightsFrom(projection, first, values));
  }

  private static WriteRequest.Builder weightsFrom(String projection, int first, int[] values) {
    var request = weightsOf(projection, values, 0, values.length);
    request.getWeightsBuilder().setFirstSource(first);
    return request;
  }

  /// Writes a global register.
  ///
  /// @return the step that sees it first
  public long writeRegister(String name, int value) {
    return writeCall(registerOf(name, value)).await();
  }

  public CompletableFuture<Long> writeRegisterAsync(String name, int value) {
    return writeCall(registerOf(name, value));
  }

  /// Writes the clock that draws are keyed with.
  ///
  /// @param clock number of the sample in the upper 32 bits
  /// @return the step that sees it first
  public long writeClock(long clock) {
    return writeCall(WriteRequest.newBuilder().setClock(clock)).await();
  }

  public CompletableFuture<Long> writeClockAsync(long clock) {
    return writeCall(WriteRequest.newBuilder().setClock(clock));
  }

  private static WriteRequest.Builder valuesOf(
      String population, String field, int first, int[] values) {
    return WriteRequest.newBuilder()
        .setField(
            WriteRequest.Field.newBuilder()
                .setPopulation(population)
                .setField(field)
                .setFirst(first)
                .setValues(Columns.ofInts(values)));
  }

  private static WriteRequest.Builder weightsOf(String projection, int[] values, int from, int to) {
    int[] some = from == 0 && to == values.length ? values : Arrays.copyOfRange(values, from, to);
    return WriteRequest.newBuilder()
        .setWeights(
            WriteRequest.Weights.newBuilder()
                .setProjection(projection)
                .setValues(Columns.ofInts(some)));
  }

  private static WriteRequest.Builder registerOf(String name, int value) {
    return WriteRequest.newBuilder()
        .setRegister(WriteRequest.Register.newBuilder().setName(name).setValue(value));
  }

  private Call<Long> writeCall(WriteRequest.Builder what) {
    return call(
        Request.newBuilder().setWrite(what),
        ResultCase.WRITE,
        response -> response.getWrite().getStep());
  }

  /// Counts, cycles, energy of all steps so far.
  public Cost cost() {
    return costCall().await();
  }

  public CompletableFuture<Cost> costAsync() {
    return costCall();
  }

  private Call<Cost> costCall() {
    return call(
        Request.newBuilder().setCost(CostRequest.getDefaultInstance()),
        ResultCase.COST,
        response -> response.getCost().getCost());
  }

  /// Digests of state and cost.
  public Digests digests() {
    return digestCall().await();
  }

  public CompletableFuture<Digests> digestsAsync() {
    return digestCall();
  }

  private Call<Digests> digestCall() {
    return call(
        Request.newBuilder().setDigest(DigestRequest.getDefaultInstance()),
        ResultCase.DIGEST,
        response -> Digests.of(response.getDigest()));
  }

  /// How the chip is doing: how well paced runs keep their time, events that came late or were
  /// dropped, the streams that are open and their credit.
  public ActivityResponse activity() {
    return activityCall().await();
  }

  public CompletableFuture<ActivityResponse> activityAsync() {
    return activityCall();
  }

  private Call<ActivityResponse> activityCall() {
    return call(
        Request.newBuilder().setActivity(ActivityRequest.getDefaultInstance()),
        ResultCase.ACTIVITY,
        Response::getActivity);
  }

  /// Adds a fault to those of the chip. See [#injectFaults].
  ///
  /// @return the step that sees it first
  public long injectFault(Fault fault) {
    return injectFaults(List.of(fault));
  }

  /// Adds faults to those of the chip, all or, if one is refused, none.
  ///
  /// @return the step that sees them first
  public long injectFaults(List<? extends Fault> faults) {
    return injectFaultsCall(faults).await();
  }

  public CompletableFuture<Long> injectFaultsAsync(List<? extends Fault> faults) {
    return injectFaultsCall(faults);
  }

  private Call<Long> injectFaultsCall(List<? extends Fault> faults) {
    var request = InjectFaultsRequest.newBuilder();
    faults.forEach(fault -> request.addFaults(Fault.message(fault)));
    return call(
        Request.newBuilder().setInjectFaults(request),
        ResultCase.INJECT_FAULTS,
        response -> response.getInjectFaults().getStep());
  }

  /// The chip's faults in the order in which they came, with all steps given. A flip that took
  /// place at once is none of them.
  public List<Fault> faults() {
    return faultsCall().await();
  }

  public CompletableFuture<List<Fault>> faultsAsync() {
    return faultsCall();
  }

  private Call<List<Fault>> faultsCall() {
    return call(
        Request.newBuilder().setFaults(FaultsRequest.getDefaultInstance()),
        ResultCase.FAULTS,
        response -> response.getFaults().getFaultsList().stream().map(Fault::of).toList());
  }

  /// Takes all faults away; what they did stays.
  ///
  /// @return number of faults that the chip had
  public int clearFaults() {
    return clearFaultsCall().await();
  }

  public CompletableFuture<Integer> clearFaultsAsync() {
    return clearFaultsCall();
  }

  private Call<Integer> clearFaultsCall() {
    return call(
        Request.newBuilder().setClearFaults(ClearFaultsRequest.getDefaultInstance()),
        ResultCase.CLEAR_FAULTS,
        response -> response.getClearFaults().getCleared());
  }

  /// Lets neurons of an external population emit a plain spike in the step that comes next.
  public InjectResult inject(String population, int[] neurons) {
    return inject(population, neurons, new short[0], new long[0], LatePolicy.REJECT);
  }

  /// Lets neurons of an external population emit, and waits until the events are on the chip. For a
  /// steady flow see [#injector].
  ///
  /// @param payloads as many as neurons; empty: all 1
  /// @param steps at which they are due, ascending, as many as neurons; empty: the step that comes
  ///   next
  public InjectResult inject(
      String population, int[] neurons, short[] payloads, long[] steps, LatePolicy late) {
    lease.seat().link().requireOtherThread();
    lease.seat().link().unsent().awaitRoom(callTimeout);
    return injectCall(population, neurons, neurons.length, payloads, steps, late).await();
  }

  /// As `inject`, without waiting. Fails with `RESOURCE_EXHAUSTED` if too many bytes are on their
  /// way to the socket already.
  public CompletableFuture<InjectResult> injectAsync(
      String population, int[] neurons, short[] payloads, long[] steps, LatePolicy late) {
    try {
      lease.seat().link().unsent().requireRoom();
    } catch (EngramException e) {
      return CompletableFuture.failedFuture(e);
    }
    return injectCall(population, neurons, neurons.length, payloads, steps, late);
  }

  /// @param count events; what the arrays hold beyond is left out
  Call<InjectResult> injectCall(
      String population,
      int[] neurons,
      int count,
      short[] payloads,
      long[] steps,
      LatePolicy late) {
    requireLength("payloads", payloads.length, neurons.length);
    requireLength("steps", steps.length, neurons.length);
    var request =
        InjectRequest.newBuilder()
            .setPopulation(population)
            .setNeurons(Columns.ofInts(neurons, count))
            .setPayloads(
                payloads.length == 0 ? ByteString.EMPTY : Columns.ofShorts(payloads, count))
            .setSteps(steps.length == 0 ? ByteString.EMPTY : Columns.ofLongs(steps, count))
            .setLate(late.wire());
    return call(
        Request.newBuilder().setInject(request),
        ResultCase.INJECT,
        response -> InjectResult.of(response.getInject()));
  }

  private static void requireLength(String name, int length, int neurons) {
    if (length != 0 && length != neurons) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 0 or %d, as many as neurons)".formatted(name, length, neurons));
    }
  }

  /// Injects batch after batch without waiting for each.
  public Injector injector(String population, LatePolicy late) {
    return injector(population, late, Injector.DEFAULT_WINDOW);
  }

  /// @param window batches that may be on their way
  public Injector injector(String population, LatePolicy late, int window) {
    return new Injector(this, lease.seat().link(), population, late, window, callTimeout);
  }

  /// Streams the events of a population.
  public EventStream subscribe(String population) {
    return subscribe(SubscribeOptions.of(population));
  }

  public EventStream subscribe(SubscribeOptions options) {
    return new EventStream(lease, options.request());
  }

  /// Streams what a probe reads after steps.
  public ProbeStream probe(ProbeOptions options) {
    return new ProbeStream(lease, options.request());
  }

  /// Opens a UDP port whose packets become events of an external population, until it is closed.
  /// The port is open when this returns.
  public UdpInput openUdpInput(UdpInputOptions options) {
    return opened(new UdpInput(lease, options.request()));
  }

  /// Sends the events of a population as UDP packets until it is closed: those of the steps that
  /// follow when this returns.
  public UdpOutput openUdpOutput(UdpOutputOptions options) {
    return opened(new UdpOutput(lease, options.request()));
  }

  private static <T extends LiveStream<?>> T opened(T gateway) {
    try {
      gateway.first();
      return gateway;
    } catch (RuntimeException e) {
      gateway.close();
      throw e;
    }
  }

  /// Plays samples: trains or classifies at full speed.
  ///
  /// @param results is told of results, in order, on a thread of its own
  public Play play(PlayOptions options, Consumer<PlayResults> results) {
    return new Play(lease, options, results);
  }

  /// Writes the chip's state into the server's store, whole or not at all.
  ///
  /// @param name of the file; one that is there is replaced
  /// @param note text to find beside the state
  public SaveResponse save(String name, String note) {
    return saveCall(name, note).await();
  }

  public CompletableFuture<SaveResponse> saveAsync(String name, String note) {
    return saveCall(name, note);
  }

  private Call<SaveResponse> saveCall(String name, String note) {
    return call(
        Request.newBuilder().setSave(SaveRequest.newBuilder().setName(name).setNote(note)),
        ResultCase.SAVE,
        Response::getSave);
  }

  /// Takes a state from the server's store; its network comes with it. What is refused leaves the
  /// chip as it was.
  public RestoreResponse restore(String name) {
    return restoreCall(name).await();
  }

  public CompletableFuture<RestoreResponse> restoreAsync(String name) {
    return restoreCall(name);
  }

  private Call<RestoreResponse> restoreCall(String name) {
    return call(
        Request.newBuilder().setRestore(RestoreRequest.newBuilder().setName(name)),
        ResultCase.RESTORE,
        Response::getRestore);
  }

  /// Files that the server keeps for the token.
  public Store store() {
    return new Store(() -> lease.seat().link(), callTimeout);
  }
}
