package engram.chip;

import engram.chip.noc.RouteTree;
import engram.isa.exec.LongColumn;
import engram.isa.exec.OverflowStop;
import engram.isa.exec.StreamColumn;
import engram.isa.image.Mesh;
import engram.isa.image.RouteImage;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/// Where the events of one stream go: the lanes cut into stretches whose events go to the same
/// cores.
final class EmitPort {
  /// Lanes with the same destinations.
  static final class Stretch {
    final int first;
    final int end;
    final Channel[] channels;
    final int[] axons;

    /// Number of the way that its events take through the network.
    final int way;

    /// Events of the present step.
    int emitted;

    Stretch(int first, int end, Channel[] channels, int[] axons, int way) {
      this.first = first;
      this.end = end;
      this.channels = channels;
      this.axons = axons;
      this.way = way;
    }
  }

  private final Stretch[] stretches;
  private final boolean recorded;

  /// @param channel the channel to a core
  /// @param way gives a way through the network its number
  /// @param recorded the stream's events also go to the host
  EmitPort(
      List<RouteImage> routes,
      Mesh mesh,
      int sourceRouter,
      IntFunction<Channel> channel,
      ToIntFunction<RouteTree> way,
      boolean recorded) {
    this.recorded = recorded;
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
        var through =
            routes.stream().filter(r -> r.first() <= first && to <= r.first() + r.count()).toList();
        if (!through.isEmpty()) {
          list.add(
              new Stretch(
                  first,
                  to,
                  through.stream().map(r -> channel.apply(r.core())).toArray(Channel[]::new),
                  through.stream().mapToInt(r -> r.axon() + first - r.first()).toArray(),
                  way.applyAsInt(
                      new RouteTree(
                          mesh,
                          sourceRouter,
                          through.stream().map(RouteImage::core).distinct().toList()))));
        }
      }
      from = to;
    }
    stretches = list.toArray(Stretch[]::new);
  }

  Stretch[] stretches() {
    return stretches;
  }

  boolean recorded() {
    return recorded;
  }

  /// Sends the events that a stream carries in a step; returns their number.
  int send(StreamColumn stream, long step) {
    return send(stream, null, step);
  }

  /// The same for a row's stream that carries the exact sums of an accumulator.
  int sendSums(StreamColumn stream, LongColumn sums, Program program, Symbol sum, long step) {
    int at = sums.at(step - 1);
    for (int lane = 0; lane < stream.lanes(); lane++) {
      long value = sums.values()[at + lane];
      if (stream.get(step, lane) && !sum.format().holds(value)) {
        throw new OverflowStop(program, sum, "row " + lane, value);
      }
    }
    return send(stream, sums, step);
  }

  private int send(StreamColumn stream, LongColumn sums, long step) {
    for (var stretch : stretches) {
      stretch.emitted = 0;
    }
    if (!stream.touched(step)) {
      return 0;
    }
    int emitted = 0;
    int at = stream.at(step);
    for (int word = 0; word < stream.words(); word++) {
      emitted += Long.bitCount(stream.bits()[at + word]);
    }
    for (var stretch : stretches) {
      stretch.emitted = send(stretch, stream, sums, step);
    }
    return emitted;
  }

  private static int send(Stretch stretch, StreamColumn stream, LongColumn sums, long step) {
    int at = stream.at(step);
    int sent = 0;
    for (int word = stretch.first >> 6; word <= (stretch.end - 1) >> 6; word++) {
      long bits = stream.bits()[at + word];
      while (bits != 0) {
        int lane = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        if (lane < stretch.first || lane >= stretch.end) {
          continue;
        }
        long payload =
            sums == null ? stream.payload(step, lane) : sums.values()[sums.at(step - 1) + lane];
        for (int c = 0; c < stretch.channels.length; c++) {
          stretch.channels[c].put(step, stretch.axons[c] + lane - stretch.first, payload);
        }
        sent++;
      }
    }
    return sent;
  }
}
