package engram.client;

import engram.protocol.v1.KeepAliveRequest;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.ReattachResponse;
import engram.protocol.v1.ReleaseRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/// The life of a chip in a client's hands: kept alive, taken up again, given back.
final class Lease {
  /// Signs of life within a time to live.
  private static final int SIGNS = 3;

  private final Connection connection;
  private final String name;
  private final String reattachToken;
  private final Set<Owned> owned = ConcurrentHashMap.newKeySet();
  private volatile Seat seat;
  private Duration timeToLive;
  private Future<?> signs;
  private boolean over;

  /// What ends with a lease: a stream, a play.
  interface Owned {
    void close();
  }

  /// Where the chip is to be found.
  ///
  /// @param chip number that requests of the link name it by
  record Seat(Link link, int chip) {}

  /// @param reattachToken empty: the chip is only watched
  /// @param timeToLive zero: the server has not said it yet
  Lease(Connection connection, Seat seat, String name, String reattachToken, Duration timeToLive) {
    this.connection = connection;
    this.seat = seat;
    this.name = name;
    this.reattachToken = reattachToken;
    this.timeToLive = timeToLive;
    keepAlive(seat);
  }

  Seat seat() {
    return seat;
  }

  String name() {
    return name;
  }

  String reattachToken() {
    return reattachToken;
  }

  boolean isWatched() {
    return reattachToken.isEmpty();
  }

  /// Notes something that ends with the lease.
  void own(Owned thing) {
    owned.add(thing);
  }

  void disown(Owned thing) {
    owned.remove(thing);
  }

  private synchronized void keepAlive(Seat at) {
    if (over || isWatched()) {
      return;
    }
    if (timeToLive.isZero()) {
      sign(at, Duration.ZERO)
          .thenAccept(answer -> {
            synchronized (this) {
              timeToLive = Duration.ofSeconds(Math.max(1, answer.getKeepAlive().getTimeToLiveS()));
            }
            keepAlive(at);
          });
      return;
    }
    var deadline = timeToLive;
    signs = at.link().every(timeToLive.dividedBy(SIGNS), () -> sign(at, deadline));
  }

  private static Call<Response> sign(Seat at, Duration deadline) {
    return at.link()
        .call(
            Request.newBuilder()
                .setChip(at.chip())
                .setKeepAlive(KeepAliveRequest.getDefaultInstance()),
            deadline,
            Response.ResultCase.KEEP_ALIVE,
            answer -> answer);
  }

  /// Takes the chip up again, on a new connection if the old one was lost.
  ReattachResponse reattach(Duration deadline) {
    if (isWatched()) {
      throw new EngramException(
          Code.FAILED_PRECONDITION,
          "lease %s: only watched, so there is nothing to take up".formatted(name));
    }
    var link = connection.link();
    var request =
        Request.newBuilder()
            .setReattach(ReattachRequest.newBuilder().setReattachToken(reattachToken));
    var back =
        link.call(request, deadline, Response.ResultCase.REATTACH, Response::getReattach).await();
    stopSigns();
    seat = new Seat(link, back.getChip());
    keepAlive(seat);
    return back;
  }

  private synchronized void stopSigns() {
    if (signs != null) {
      try {
        signs.cancel(false);
      } catch (RejectedExecutionException e) {
        // The connection's thread has ended, and its tasks with it.
      }
      signs = null;
    }
  }

  /// Ends what the lease owns and forgets it. True the first time.
  private boolean leave() {
    synchronized (this) {
      if (over) {
        return false;
      }
      over = true;
    }
    stopSigns();
    List.copyOf(owned).forEach(Owned::close);
    return true;
  }

  /// Leaves the chip to whoever has the reattach token.
  void detach() {
    if (leave()) {
      connection.forget(this);
    }
  }

  /// Gives the chip back, or ends the watch.
  void release(Duration deadline) {
    if (!leave()) {
      return;
    }
    try {
      if (seat.link().isOpen()) {
        release(seat, deadline);
      }
    } finally {
      connection.forget(this);
    }
  }

  private static void release(Seat seat, Duration deadline) {
    var call =
        seat.link()
            .call(
                Request.newBuilder()
                    .setChip(seat.chip())
                    .setRelease(ReleaseRequest.getDefaultInstance()),
                deadline,
                Response.ResultCase.RELEASE,
                Response::getRelease);
    if (seat.link().onOwnThread()) {
      return;
    }
    try {
      call.await();
    } catch (EngramException e) {
      // A lost connection or a lease that has run out: there is nothing to give back.
      if (e.code() != Code.UNAVAILABLE && e.code() != Code.NOT_FOUND && e.code() != Code.ABORTED) {
        throw e;
      }
    }
  }
}
