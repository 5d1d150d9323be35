package engram.chip;

import engram.chip.noc.Noc;
import engram.chip.noc.RouteTree;
import engram.isa.exec.StreamColumn;
import engram.isa.image.Mesh;
import engram.isa.image.RouteImage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Where the events of one stream go, as far as the network is concerned: the lanes cut into
/// stretches whose events take the same way.
final class Outlet {
  /// @param way number of the way through the network
  private record Stretch(int first, int end, int way) {}

  private final StreamColumn stream;
  private final Stretch[] stretches;
  private final boolean recorded;
  private final int at;

  /// @param source number of the core that emits, or `Noc.HOST`
  /// @param flits that an event is cut into
  /// @param recorded the stream's events also go to the host
  /// @param at where its counts start among those of its source
  Outlet(
      StreamColumn stream,
      List<RouteImage> routes,
      int source,
      int flits,
      boolean recorded,
      int at,
      Mesh mesh,
      Noc noc) {
    this.stream = stream;
    this.recorded = recorded;
    this.at = at;
    int router = source == Noc.HOST ? 0 : mesh.routerOf(source);
    var bounds = new TreeSet<Integer>();
    for (var route : routes) {
      bounds.add(route.first());
      bounds.add(route.first() + route.count());
    }
    var list = new ArrayList<Stretch>();
    Integer from = null;
    for (int to : bounds) {
      if (from != null) {
        int first = from;
        var cores =
            routes.stream()
                .filter(r -> r.first() <= first && to <= r.first() + r.count())
                .map(RouteImage::core)
                .distinct()
                .toList();
        if (!cores.isEmpty()) {
          int way = noc.way(source, new RouteTree(mesh, router, cores), flits);
          list.add(new Stretch(first, to, way));
        }
      }
      from = to;
    }
    stretches = list.toArray(Stretch[]::new);
  }

  boolean recorded() {
    return recorded;
  }

  /// Behind the last of its counts.
  int end() {
    return at + stretches.length * StepLedger.KEPT;
  }

  /// Makes a step the present of the stream, if it is not yet.
  void open(long step) {
    stream.advance(step - 1);
  }

  /// Closes the stream for a step: counts its events; returns their number.
  ///
  /// @param counts takes the number of each stretch, for `announce`
  int close(long step, int[] counts) {
    int all = stream.touched(step) ? stream.count(step, 0, stream.lanes()) : 0;
    for (int i = 0; i < stretches.length; i++) {
      var stretch = stretches[i];
      boolean whole = all == 0 || stretch.first() == 0 && stretch.end() == stream.lanes();
      counts[place(i, step)] = whole ? all : stream.count(step, stretch.first(), stretch.end());
    }
    return all;
  }

  private int place(int stretch, long step) {
    return at + stretch * StepLedger.KEPT + StepLedger.slot(step);
  }

  /// Tells the network of the events of one of the last `StepLedger.KEPT` steps.
  ///
  /// @param counts as `close` left them
  void announce(long step, Noc noc, int[] counts) {
    for (int i = 0; i < stretches.length; i++) {
      int count = counts[place(i, step)];
      if (count > 0) {
        noc.send(stretches[i].way(), count);
      }
    }
  }
}
