package engram.cli.report;

import engram.chip.ChipCost;
import engram.chip.Phase;
import engram.cli.report.Svg.Anchor;
import engram.isa.image.LoadReport;
import engram.isa.image.Memory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// The pictures of a report but for the network's.
public final class Plots {
  static final double WIDTH = 820;

  static final String GRID = "#e4e6ea";
  static final String PALE = "#777";
  private static final String[] COLOURS = {
    "#3b6ea8", "#d9822b", "#4f9d69", "#b0413e", "#7a5ea8", "#8c8c8c"
  };

  private static final String SMALL = "font-size:11px";

  /// Cores shown: the busiest.
  public static final int MOST_CORES = 48;

  /// Classes whose numbers fit into the confusion matrix.
  private static final int MOST_NUMBERED = 26;

  private static final double ROW = 24;
  private static final double CORE_LABEL = 232;

  private Plots() {}

  /// A point of the learning curve, accuracies in 0..1.
  public record Point(int epoch, double test, double running) {}

  /// The spikes of a population while one sample was presented.
  ///
  /// @param spikes {step, neuron} each
  public record Spikes(String population, int neurons, List<int[]> spikes) {}

  /// A core in use.
  ///
  /// @param index in costs and reports
  /// @param content the populations that it holds
  public record CoreRow(int index, int number, String content) {
    String label() {
      String text = "core " + number + ": " + content;
      return text.length() <= 30 ? text : text.substring(0, 29) + "…";
    }
  }

  /// Accuracy over epochs: test images shown after each, and the running one of training.
  public static Svg learningCurve(List<Point> points) {
    var svg = new Svg("Learning curve", WIDTH, 360);
    double left = 64;
    double bottom = 310;
    double least =
        100 * points.stream().mapToDouble(p -> Math.min(p.test(), p.running())).min().orElse(0);
    double most =
        100 * points.stream().mapToDouble(p -> Math.max(p.test(), p.running())).max().orElse(1);
    var y = Scale.around(least, most, 6, bottom, 44);
    int first = points.getFirst().epoch();
    int last = points.getLast().epoch();
    var x = new Scale(first - 0.5, last + 0.5, 1, left, WIDTH - 16);
    for (int i = 0; i < y.marks(); i++) {
      double at = y.at(y.mark(i));
      svg.line(left, at, WIDTH - 16, at, GRID, 1);
      svg.text(left - 8, at + 4, Anchor.END, y.label(i));
    }
    int every = Math.max(1, (last - first + 1 + 19) / 20);
    for (int epoch = first; epoch <= last; epoch += every) {
      svg.text(x.at(epoch), bottom + 20, Anchor.MIDDLE, String.valueOf(epoch));
    }
    svg.line(left, bottom, WIDTH - 16, bottom, Svg.INK, 1);
    svg.text((left + WIDTH) / 2, bottom + 42, Anchor.MIDDLE, "epoch");
    svg.upright(16, (bottom + 44) / 2, "accuracy, %");
    curve(svg, x, y, points, true, COLOURS[0]);
    curve(svg, x, y, points, false, COLOURS[1]);
    legend(
        svg,
        left,
        List.of("test images, learning off", "training images, while they teach"),
        Arrays.asList(COLOURS));
    return svg;
  }

  private static void curve(
      Svg svg, Scale x, Scale y, List<Point> points, boolean test, String colour) {
    var path = new StringBuilder();
    for (var point : points) {
      double accuracy = 100 * (test ? point.test() : point.running());
      path.append(path.isEmpty() ? 'M' : 'L')
          .append(Svg.number(x.at(point.epoch())))
          .append(' ')
          .append(Svg.number(y.at(accuracy)));
    }
    svg.strokes(path, colour, 2);
    for (var point : points) {
      double accuracy = 100 * (test ? point.test() : point.running());
      svg.circle(
          x.at(point.epoch()),
          y.at(accuracy),
          4,
          colour,
          "epoch %d: %.2f %%".formatted(point.epoch(), accuracy));
    }
  }

  private static void legend(Svg svg, double left, List<String> names, List<String> colours) {
    double x = left;
    for (int i = 0; i < names.size(); i++) {
      svg.rectangle(x, 12, 12, 12, colours.get(i), "");
      svg.text(x + 18, 22, Anchor.START, names.get(i));
      x += 18 + 7.2 * names.get(i).length() + 20;
    }
  }

  /// Answers by label; the darker, the larger the share of the label's images.
  public static Svg confusion(int[][] confusion) {
    int classes = confusion.length;
    double cell = Math.clamp(640.0 / classes, 1, 46);
    double left = 72;
    double top = 56;
    double end = left + cell * classes;
    var svg = new Svg("Confusion matrix", WIDTH, top + cell * classes + 16);
    int every = (int) Math.ceil(24 / cell);
    for (int label = 0; label < classes; label++) {
      int[] row = confusion[label];
      int images = Arrays.stream(row).sum();
      double y = top + label * cell;
      for (int answer = 0; answer < classes; answer++) {
        double share = images == 0 ? 0 : (double) row[answer] / images;
        double x = left + answer * cell;
        svg.rectangle(
            x,
            y,
            cell,
            cell,
            shade(share, answer == label),
            "label %d, answer %d: %d of %d".formatted(label, answer, row[answer], images));
        if (classes <= MOST_NUMBERED && row[answer] > 0) {
          svg.text(
              x + cell / 2,
              y + cell / 2 + 4,
              Anchor.MIDDLE,
              share > 0.5 ? "#fff" : Svg.INK,
              cell < 34 ? SMALL : "",
              String.valueOf(row[answer]));
        }
      }
      if (label % every == 0) {
        svg.text(left - 8, y + cell / 2 + 4, Anchor.END, String.valueOf(label));
        svg.text(left + (label + 0.5) * cell, top - 8, Anchor.MIDDLE, String.valueOf(label));
        String right = images == 0 ? "no image" : "%.1f".formatted(100.0 * row[label] / images);
        svg.text(end + 10, y + cell / 2 + 4, Anchor.START, PALE, "", right);
      }
    }
    svg.outline(left, top, cell * classes, cell * classes, "#bbb");
    svg.text(left + cell * classes / 2, 20, Anchor.MIDDLE, "answer");
    svg.upright(20, top + cell * classes / 2, "label");
    svg.text(end + 10, top - 8, Anchor.START, PALE, "", "right, %");
    return svg;
  }

  /// Right answers in blue, wrong ones in red, white for none.
  private static String shade(double share, boolean right) {
    double depth = Math.sqrt(share);
    int[] full = right ? new int[] {0x2f, 0x62, 0x9c} : new int[] {0xb0, 0x41, 0x3e};
    return "#%02x%02x%02x"
        .formatted(
            Arrays.stream(full).mapToObj(c -> (int) Math.round(255 - (255 - c) * depth)).toArray());
  }

  /// Spikes over time, a panel for each population, the first at the bottom.
  ///
  /// @param marked neuron of the last population to point out
  public static Svg raster(List<Spikes> populations, int steps, int marked) {
    double left = 112;
    double right = WIDTH - 16;
    double gap = 22;
    double height = 0;
    for (var population : populations) {
      height += panel(population.neurons()) + gap;
    }
    var svg = new Svg("Spike raster", WIDTH, height + 36);
    double step = (right - left) / steps;
    double bottom = height;
    for (int p = 0; p < populations.size(); p++) {
      var population = populations.get(p);
      double panel = panel(population.neurons());
      double top = bottom - panel;
      double row = panel / population.neurons();
      boolean lines = row >= 10;
      if (lines && p == populations.size() - 1) {
        svg.rectangle(left, top + marked * row, right - left, row, "#fdf0d5", "the label");
      }
      var path = new StringBuilder();
      double mark = Math.max(1, row * 0.75);
      for (int[] spike : population.spikes()) {
        path.append('M')
            .append(Svg.number(left + (spike[0] + 0.15) * step))
            .append(' ')
            .append(Svg.number(top + (spike[1] + 0.5) * row))
            .append('h')
            .append(Svg.number(0.7 * step));
      }
      svg.strokes(path, COLOURS[p % COLOURS.length], mark);
      svg.outline(left, top, right - left, panel, "#bbb");
      svg.text(left, top - 6, Anchor.START, population.population());
      svg.text(
          right,
          top - 6,
          Anchor.END,
          PALE,
          SMALL,
          "%d spikes of %d neurons".formatted(population.spikes().size(), population.neurons()));
      if (lines) {
        for (int neuron = 0; neuron < population.neurons(); neuron++) {
          svg.text(
              left - 8,
              top + (neuron + 0.5) * row + 4,
              Anchor.END,
              Svg.INK,
              SMALL,
              String.valueOf(neuron));
        }
      } else {
        svg.text(left - 8, top + 10, Anchor.END, Svg.INK, SMALL, "0");
        svg.text(
            left - 8, bottom, Anchor.END, Svg.INK, SMALL, String.valueOf(population.neurons() - 1));
      }
      svg.upright(left - 64, (top + bottom) / 2, lines ? "class" : "neuron");
      bottom = top - gap;
    }
    int every = steps <= 32 ? 2 : 8;
    for (int s = 0; s < steps; s += every) {
      svg.text(
          left + (s + 0.5) * step, height + 15, Anchor.MIDDLE, Svg.INK, SMALL, String.valueOf(s));
    }
    svg.text((left + right) / 2, height + 33, Anchor.MIDDLE, "timestep");
    return svg;
  }

  private static double panel(int neurons) {
    return neurons <= 20 ? 13.0 * neurons : Math.clamp(2.0 * neurons, 120, 280);
  }

  /// The cores to show, busiest first if there are too many, else in order.
  private static List<CoreRow> shown(List<CoreRow> cores, ChipCost cost) {
    return cores.size() <= MOST_CORES
        ? cores
        : cores.stream()
            .sorted(Comparator.comparingLong((CoreRow c) -> -sum(cost.coreCycles()[c.index()])))
            .limit(MOST_CORES)
            .toList();
  }

  private static long sum(long[] values) {
    return Arrays.stream(values).sum();
  }

  /// Cycles of each core, by phase.
  public static Svg cycles(List<CoreRow> all, ChipCost cost) {
    var cores = shown(all, cost);
    double top = 44;
    double bottom = top + ROW * cores.size();
    var svg = new Svg("Cycles per core", WIDTH, bottom + 44);
    double most = cores.stream().mapToLong(c -> sum(cost.coreCycles()[c.index()])).max().orElse(1);
    var x = Scale.around(0, Math.max(1, most), 6, CORE_LABEL, WIDTH - 80);
    for (int i = 0; i < x.marks(); i++) {
      double at = x.at(x.mark(i));
      svg.line(at, top, at, bottom, GRID, 1);
      svg.text(at, bottom + 18, Anchor.MIDDLE, Scale.amount(x.mark(i)));
    }
    for (int row = 0; row < cores.size(); row++) {
      var core = cores.get(row);
      long[] phases = cost.coreCycles()[core.index()];
      double y = top + row * ROW;
      long before = 0;
      for (var phase : Phase.values()) {
        long spent = phases[phase.ordinal()];
        if (spent > 0) {
          svg.rectangle(
              x.at(before),
              y + 4,
              x.at(before + spent) - x.at(before),
              ROW - 8,
              COLOURS[phase.ordinal()],
              "core %d, %s: %,d cycles".formatted(core.number(), name(phase), spent));
        }
        before += spent;
      }
      svg.text(CORE_LABEL - 8, y + ROW / 2 + 4, Anchor.END, core.label());
      svg.text(x.at(before) + 6, y + ROW / 2 + 4, Anchor.START, PALE, SMALL, Scale.amount(before));
    }
    svg.line(CORE_LABEL, top, CORE_LABEL, bottom, Svg.INK, 1);
    svg.text((CORE_LABEL + WIDTH) / 2, bottom + 38, Anchor.MIDDLE, "cycles");
    legend(
        svg,
        CORE_LABEL,
        Arrays.stream(Phase.values()).map(Plots::name).toList(),
        Arrays.asList(COLOURS));
    return svg;
  }

  private static String name(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  /// How full the memories of each core are.
  public static Svg memory(List<CoreRow> all, ChipCost cost, LoadReport report) {
    var cores = shown(all, cost);
    var memories = Memory.values();
    double top = 32;
    var svg = new Svg("Memory per core", WIDTH, top + ROW * cores.size() + 8);
    double cell = (WIDTH - CORE_LABEL - 8) / memories.length;
    for (int m = 0; m < memories.length; m++) {
      svg.text(
          CORE_LABEL + m * cell, 20, Anchor.START, memories[m].name().toLowerCase(Locale.ROOT));
    }
    for (int row = 0; row < cores.size(); row++) {
      var core = cores.get(row);
      double y = top + row * ROW;
      svg.text(CORE_LABEL - 8, y + ROW / 2 + 4, Anchor.END, core.label());
      for (int m = 0; m < memories.length; m++) {
        long used = report.cores().get(core.index()).used(memories[m]);
        int limit = memories[m].limit(report.spec().core());
        double share = limit == 0 ? 0 : (double) used / limit;
        double x = CORE_LABEL + m * cell;
        double room = cell - 10;
        String hint =
            "%s of core %d: %,d of %,d %s"
                .formatted(memories[m].label(), core.number(), used, limit, memories[m].unit());
        svg.rectangle(x, y + 3, room, ROW - 6, "#eef0f3", hint);
        svg.rectangle(
            x, y + 3, room * Math.min(1, share), ROW - 6, share > 0.9 ? "#e5a19f" : "#a9c4e2", "");
        svg.text(
            x + 6,
            y + ROW / 2 + 4,
            Anchor.START,
            Svg.INK,
            SMALL,
            used == 0 ? "-" : "%.1f %%".formatted(100 * share));
      }
    }
    return svg;
  }

  /// The cores of a report with what they hold.
  ///
  /// @param numbers of the cores in use
  /// @param contents of each
  public static List<CoreRow> rows(int[] numbers, List<String> contents) {
    return IntStream.range(0, numbers.length)
        .mapToObj(i -> new CoreRow(i, numbers[i], contents.get(i)))
        .toList();
  }
}
