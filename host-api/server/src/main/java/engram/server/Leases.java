package engram.server;

import engram.chip.ChipOptions;
import engram.chip.noc.NocFidelity;
import engram.chip.preset.Preset;
import engram.chip.preset.Presets;
import engram.isa.compile.CompiledEngine;
import engram.isa.exec.Interpreter;
import engram.protocol.v1.Code;
import engram.protocol.v1.Engine;
import engram.protocol.v1.LeaseRequest;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.ListResponse;
import engram.protocol.v1.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who has which chip, and who waits for one.
final class Leases {
  private static final int SECONDS_TO_LIVE = 60;
  private static final int MOST_SECONDS = 24 * 3600;
  private static final int MOST_THREADS = 64;
  private static final int MOST_WAITING = 1000;
  private static final int TOKEN_BYTES = 32;
  private static final int RETRY_MS = 1000;
  private static final int RUN_BITS = 24;

  private final Map<String, Pool> pools = new TreeMap<>();
  private final Map<String, Lease> leases = new TreeMap<>();

  /// Threads of chips, those of leases that have ended among them until they are through.
  private final List<ChipRunner> runners = new ArrayList<>();

  private final SecureRandom random = new SecureRandom();
  private final Metrics metrics;
  private final CheckpointPlan checkpoints;

  /// Tells the leases of this run of the server from those of earlier ones, whose states may still
  /// lie in the store under their names.
  private final String run;

  private long number;
  private boolean closed;

  /// Chips of one kind.
  private static final class Pool {
    private final Preset preset;
    private final int chips;
    private int leased;
    private final List<Waiting> waiting = new ArrayList<>();

    Pool(Preset preset, int chips) {
      this.preset = preset;
      this.chips = chips;
    }
  }

  /// A call that waits for a chip.
  private record Waiting(Call call, LeaseRequest request) {}

  /// @param chips number of chips by preset
  Leases(Map<String, Integer> chips, Metrics metrics, CheckpointPlan checkpoints) {
    this.metrics = metrics;
    this.checkpoints = checkpoints;
    run = "%06x".formatted(random.nextInt(1 << RUN_BITS));
    chips.forEach((name, count) -> pools.put(name, new Pool(Presets.named(name), count)));
    metrics.gauge("engram_leases", "Chips that are leased.", () -> all().size());
    metrics.gauge("engram_leases_queued", "Leases that wait for a chip.", this::queued);
    metrics.gauge(
        "engram_watchers",
        "Watches of chips that somebody else drives.",
        () -> all().stream().mapToInt(lease -> lease.watchers().get()).sum());
  }

  /// Takes a chip for a call, or lets it wait.
  synchronized void lease(Call call, LeaseRequest request) {
    var pool = pools.get(request.getPreset());
    if (pool == null) {
      throw CallException.of(
          Code.CODE_NOT_FOUND,
          "chip: %s (expected: one of %s)",
          request.getPreset(),
          String.join(", ", pools.keySet()));
    }
    options(request);
    secondsToLive(request);
    if (closed) {
      throw new CallException(Code.CODE_UNAVAILABLE, "the server is going down");
    }
    var account = call.session().account();
    if (!account.takeChip()) {
      throw CallException.of(
          Code.CODE_RESOURCE_EXHAUSTED,
          "chips of %s: %d (expected: at most %d; release one)",
          account.name(),
          account.quota().chips() + 1,
          account.quota().chips());
    }
    if (pool.leased < pool.chips) {
      hand(pool, new Waiting(call, request));
      return;
    }
    // The chip of the quota is given back by whoever ends the waiting.
    if (!request.getWait() || pool.waiting.size() >= MOST_WAITING) {
      account.giveChip();
      throw CallException.of(
              Code.CODE_RESOURCE_EXHAUSTED,
              "free chips of %s: 0 (of %d; wait for one, or come again)",
              request.getPreset(),
              pool.chips)
          .retryAfter(RETRY_MS);
    }
    pool.waiting.add(new Waiting(call, request));
    if (call.endedBy(why -> stopWaiting(pool, call, why))) {
      tellPosition(call, pool.waiting.size());
    } else {
      stopWaiting(pool, call, Code.CODE_CANCELLED);
    }
  }

  private static void tellPosition(Call call, int position) {
    call.answerMore(
        Response.newBuilder().setLease(LeaseResponse.newBuilder().setQueuePosition(position)));
  }

  private synchronized void stopWaiting(Pool pool, Call call, Code why) {
    if (pool.waiting.removeIf(waiting -> waiting.call() == call)) {
      call.session().account().giveChip();
      call.fail(Call.ended(why));
      tellPositions(pool);
    }
  }

  private static void tellPositions(Pool pool) {
    for (int i = 0; i < pool.waiting.size(); i++) {
      tellPosition(pool.waiting.get(i).call(), i + 1);
    }
  }

  /// Gives a free chip to a call. Whatever goes wrong is told to that call, and to no other one.
  private void hand(Pool pool, Waiting to) {
    var call = to.call();
    Lease lease = null;
    try {
      if (!call.commit()) {
        call.session().account().giveChip();
        return;
      }
      lease = make(pool, to);
      int chip = call.session().drive(lease);
      pool.leased++;
      leases.put(lease.name(), lease);
      answer(call, lease, chip);
    } catch (RuntimeException | Error e) {
      if (lease != null) {
        lease.end();
        lease.runner().close("the lease could not be handed out");
      }
      call.session().account().giveChip();
      call.fail(e);
    }
  }

  private Lease make(Pool pool, Waiting to) {
    String name = "%s-%s-%d".formatted(pool.preset.name(), run, ++number);
    var lease =
        new Lease(
            name,
            token(),
            to.call().session().account(),
            pool.preset,
            () -> options(to.request()),
            secondsToLive(to.request()),
            new ChipRunner(name, metrics));
    runners.removeIf(ChipRunner::isOver);
    runners.add(lease.runner());
    checkpoints.apply(lease);
    return lease;
  }

  private static void answer(Call call, Lease lease, int chip) {
    call.answer(
        Response.newBuilder()
            .setLease(
                LeaseResponse.newBuilder()
                    .setChip(chip)
                    .setLease(lease.name())
                    .setReattachToken(lease.reattachToken())
                    .setTimeToLiveS(lease.secondsToLive())));
    call.session().settle(lease);
  }

  private String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static int secondsToLive(LeaseRequest request) {
    long seconds = request.getTimeToLiveS() & 0xFFFF_FFFFL;
    if (seconds > MOST_SECONDS) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT,
          "time_to_live_s: %d (expected: at most %d)",
          seconds,
          MOST_SECONDS);
    }
    return seconds == 0 ? SECONDS_TO_LIVE : (int) seconds;
  }

  private static ChipOptions options(LeaseRequest request) {
    long threads = request.getThreads() & 0xFFFF_FFFFL;
    if (threads > MOST_THREADS) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT, "threads: %d (expected: at most %d)", threads, MOST_THREADS);
    }
    var noc =
        switch (request.getNoc()) {
          case NOC_FIDELITY_FLIT -> NocFidelity.FLIT;
          case NOC_FIDELITY_ANALYTIC, NOC_FIDELITY_UNSPECIFIED -> NocFidelity.ANALYTIC;
          case UNRECOGNIZED ->
              throw CallException.of(
                  Code.CODE_INVALID_ARGUMENT, "noc: %d (expected: 0 to 2)", request.getNocValue());
        };
    if (request.getEngine() == Engine.UNRECOGNIZED) {
      throw CallException.of(
          Code.CODE_INVALID_ARGUMENT, "engine: %d (expected: 0 to 2)", request.getEngineValue());
    }
    boolean reference = request.getEngine() == Engine.ENGINE_REFERENCE;
    return new ChipOptions(
        reference ? new Interpreter() : new CompiledEngine(),
        Math.max(1, (int) threads),
        noc,
        false);
  }

  /// Finds a lease by its secret, in a time that does not tell how much of it was right.
  synchronized Lease byToken(String token) {
    byte[] given = token.getBytes(StandardCharsets.UTF_8);
    Lease found = null;
    for (var lease : leases.values()) {
      byte[] own = lease.reattachToken().getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(own, given)) {
        found = lease;
      }
    }
    if (found == null) {
      throw new CallException(
          Code.CODE_NOT_FOUND, "no lease has that token: it may have expired; lease a chip anew");
    }
    return found;
  }

  /// Finds a lease that an account may watch.
  synchronized Lease byName(String name, Account account) {
    var lease = leases.get(name);
    if (lease == null || lease.account() != account) {
      throw CallException.of(
          Code.CODE_NOT_FOUND, "lease: %s (expected: one that list shows)", name);
    }
    return lease;
  }

  private synchronized int queued() {
    return pools.values().stream().mapToInt(pool -> pool.waiting.size()).sum();
  }

  synchronized List<Lease> all() {
    return List.copyOf(leases.values());
  }

  /// Threads of chips that are not through.
  synchronized List<ChipRunner> runners() {
    return List.copyOf(runners);
  }

  /// Ends a lease; the next in the queue gets its place.
  synchronized void end(Lease lease, String reason) {
    if (leases.remove(lease.name(), lease)) {
      lease.end();
      lease.runner().close(reason);
      lease.account().giveChip();
      var pool = pools.get(lease.preset().name());
      pool.leased--;
      while (!closed && pool.leased < pool.chips && !pool.waiting.isEmpty()) {
        hand(pool, pool.waiting.removeFirst());
        tellPositions(pool);
      }
    }
  }

  /// Ends leases without a sign of life.
  void expire() {
    long now = System.nanoTime();
    for (var lease : all()) {
      if (lease.isExpired(now)) {
        end(
            lease,
            "the lease expired after %d s without a sign of life".formatted(lease.secondsToLive()));
      }
    }
  }

  synchronized ListResponse list(Account account) {
    var list = ListResponse.newBuilder();
    for (var pool : pools.values()) {
      list.addPools(
          ListResponse.Pool.newBuilder()
              .setPreset(pool.preset.name())
              .setChips(pool.chips)
              .setFree(pool.chips - pool.leased)
              .setQueued(pool.waiting.size()));
    }
    leases.values().stream()
        .filter(lease -> lease.account() == account)
        .sorted(Comparator.comparing(Lease::name))
        .forEach(lease ->
            list.addLeases(
                ListResponse.Lease.newBuilder()
                    .setName(lease.name())
                    .setPreset(lease.preset().name())
                    .setNetwork(lease.runner().network())
                    .setStep(lease.runner().step())
                    .setRunning(lease.runner().isRunning())
                    .setAttached(lease.driver() != null)
                    .setWatchers(lease.watchers().get())));
    return list.build();
  }

  /// Ends all leases, and hands out no more.
  void close(String reason) {
    synchronized (this) {
      closed = true;
      for (var pool : pools.values()) {
        for (var waiting : pool.waiting) {
          waiting.call().session().account().giveChip();
          waiting.call().fail(new CallException(Code.CODE_UNAVAILABLE, reason));
        }
        pool.waiting.clear();
      }
    }
    all().forEach(lease -> end(lease, reason));
  }
}
