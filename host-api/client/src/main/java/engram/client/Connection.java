package engram.client;

import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.LeaseResponse;
import engram.protocol.v1.ListRequest;
import engram.protocol.v1.ListResponse;
import engram.protocol.v1.ReattachRequest;
import engram.protocol.v1.Request;
import engram.protocol.v1.Response;
import engram.protocol.v1.WatchRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// A server at hand. Closing it gives back the chips that were leased through it.
///
/// A lost connection fails all calls that are open with `UNAVAILABLE`; the next call connects anew.
/// A chip that was leased is then taken up again with [RemoteChip#reattach()].
///
/// A connection that was asked for nothing but one chip closes its socket when that chip is closed,
/// so that `try (var chip = Engram.connect(uri).lease("engram-1"))` leaves nothing behind.
public final class Connection implements AutoCloseable {
  private final Address address;
  private final ConnectOptions options;
  private final Set<Lease> leases = new HashSet<>();

  /// Null: none, until the next call.
  private Link link;

  private long uses;
  private boolean closed;

  private Connection(Address address, ConnectOptions options, Link link) {
    this.address = address;
    this.options = options;
    this.link = link;
  }

  static Connection open(Address address, ConnectOptions options) {
    return new Connection(address, options, connect(address, options));
  }

  static CompletableFuture<Connection> openAsync(Address address, ConnectOptions options) {
    return Link.connect(address, options).thenApply(link -> new Connection(address, options, link));
  }

  private static Link connect(Address address, ConnectOptions options) {
    var connecting = Link.connect(address, options);
    try {
      return connecting.get();
    } catch (InterruptedException e) {
      connecting.cancel(true);
      throw Interrupted.of(e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static RuntimeException failure(Exception e) {
    return e.getCause() instanceof EngramException failure
        ? failure.here()
        : new CompletionException(e.getCause());
  }

  /// The socket, anew if it was lost.
  synchronized Link link() {
    if (closed) {
      throw new EngramException(
          Code.UNAVAILABLE, "no connection to %s: closed by the client".formatted(address));
    }
    if (link == null || !link.isOpen()) {
      link = connect(address, options);
    }
    return link;
  }

  private synchronized Link use() {
    uses++;
    return link();
  }

  /// What the server said of itself.
  public HelloResponse server() {
    return use().hello();
  }

  /// Chips to be had, leases that run.
  public ListResponse list() {
    return listCall().await();
  }

  public CompletableFuture<ListResponse> listAsync() {
    return listCall();
  }

  private Call<ListResponse> listCall() {
    return use()
        .call(
            Request.newBuilder().setList(ListRequest.getDefaultInstance()),
            options.callTimeout(),
            Response.ResultCase.LIST,
            Response::getList);
  }

  /// Takes a chip of a preset, such as `engram-1`.
  public RemoteChip lease(String preset) {
    return lease(LeaseOptions.of(preset));
  }

  public RemoteChip lease(LeaseOptions lease) {
    return leaseCall(lease).await();
  }

  /// Takes a chip. Cancelling the future leaves the queue.
  public CompletableFuture<RemoteChip> leaseAsync(LeaseOptions lease) {
    return leaseCall(lease);
  }

  private Call<RemoteChip> leaseCall(LeaseOptions lease) {
    var link = use();
    var call =
        new Call<RemoteChip>(
            link, Response.ResultCase.LEASE, response -> leased(link, response.getLease())) {
          @Override
          void progress(Response response) {
            lease.queued().accept(response.getLease().getQueuePosition());
          }

          @Override
          void unwanted(RemoteChip late) {
            late.close();
          }
        };
    var deadline = lease.request().getWait() ? Duration.ZERO : options.callTimeout();
    link.send(Request.newBuilder().setLease(lease.request()), call.id(), deadline, call);
    return call;
  }

  private RemoteChip leased(Link at, LeaseResponse response) {
    return hold(
        new Lease(
            this,
            new Lease.Seat(at, response.getChip()),
            response.getLease(),
            response.getReattachToken(),
            Duration.ofSeconds(Integer.toUnsignedLong(response.getTimeToLiveS()))));
  }

  /// Takes up a lease of a client that is gone.
  ///
  /// @param reattachToken as [RemoteChip#reattachToken()] gave it
  public RemoteChip reattach(String reattachToken) {
    return reattachCall(reattachToken).await();
  }

  public CompletableFuture<RemoteChip> reattachAsync(String reattachToken) {
    return reattachCall(reattachToken);
  }

  private Call<RemoteChip> reattachCall(String token) {
    var link = use();
    return link.call(
        Request.newBuilder().setReattach(ReattachRequest.newBuilder().setReattachToken(token)),
        options.callTimeout(),
        Response.ResultCase.REATTACH,
        response -> {
          var back = response.getReattach();
          var seat = new Lease.Seat(link, back.getChip());
          return hold(new Lease(this, seat, back.getLease(), token, Duration.ZERO));
        });
  }

  /// Looks at a chip that somebody else drives: it can be described, read, subscribed to and
  /// probed, until it is closed.
  ///
  /// @param lease its name, as [#list()] shows it
  public RemoteChip watch(String lease) {
    return watchCall(lease).await();
  }

  public CompletableFuture<RemoteChip> watchAsync(String lease) {
    return watchCall(lease);
  }

  private Call<RemoteChip> watchCall(String lease) {
    var link = use();
    return link.call(
        Request.newBuilder().setWatch(WatchRequest.newBuilder().setLease(lease)),
        options.callTimeout(),
        Response.ResultCase.WATCH,
        response -> {
          var seat = new Lease.Seat(link, response.getWatch().getChip());
          return hold(new Lease(this, seat, lease, "", Duration.ZERO));
        });
  }

  /// Files that the server keeps for the token.
  public Store store() {
    return new Store(this::use, options.callTimeout());
  }

  private synchronized RemoteChip hold(Lease lease) {
    leases.add(lease);
    return new RemoteChip(lease, options.callTimeout(), Duration.ZERO);
  }

  /// A lease is over. If it was all that the connection was for, the socket goes with it.
  synchronized void forget(Lease lease) {
    leases.remove(lease);
    if (uses == 1 && leases.isEmpty() && link != null) {
      link.close("its only chip was closed");
      link = null;
    }
  }

  /// Gives back all chips and closes the socket.
  @Override
  public void close() {
    List<Lease> left;
    Link last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = List.copyOf(leases);
      last = link;
    }
    try {
      left.forEach(lease -> lease.release(options.callTimeout()));
    } finally {
      if (last != null) {
        last.close("closed by the client");
      }
    }
    if (last != null && !last.onOwnThread()) {
      last.closed().join();
    }
  }
}
