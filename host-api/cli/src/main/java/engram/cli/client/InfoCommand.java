package engram.cli.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import engram.cli.common.ExitCode;
import engram.client.Connection;
import engram.client.Digests;
import engram.client.RemoteChip;
import engram.protocol.v1.Cost;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.DescribeResponse.Population;
import engram.protocol.v1.DescribeResponse.Projection;
import engram.protocol.v1.DescribeResponse.Symbol;
import engram.protocol.v1.HelloResponse;
import engram.protocol.v1.ListResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `engram client info`: what there is.
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description =
        "Print the server's chips and your leases, or, with a chip, what it is and holds and has"
            + " cost so far.")
final class InfoCommand implements Callable<Integer> {
  private static final String STEPS = "steps";
  private static final String FORWARD = "forward-operations";

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Option(
      names = "--digest",
      description = "With a chip: its digests of state and cost too, SHA-256.")
  private boolean digest;

  @Mixin private SeenChip chip = new SeenChip();

  @Override
  public Integer call() throws IOException {
    if (chip.isGiven() || chip.isWatched()) {
      try (var held = chip.take()) {
        System.out.print(chip(held.chip()));
      }
    } else {
      try (var connection = chip.server().connect()) {
        System.out.print(server(connection));
      }
    }
    return ExitCode.DONE;
  }

  // The server.

  private String server(Connection connection) {
    var server = connection.server();
    var list = connection.list();
    return json ? json(server, list) : text(server, list);
  }

  private static String text(HelloResponse server, ListResponse list) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s, protocol %d.%d, instruction set %s"
            .formatted(
                server.getServer(),
                server.getProtocolMajor(),
                server.getProtocolMinor(),
                server.getIsaVersion()));
    for (var pool : list.getPoolsList()) {
      lines.add(
          "%s: %d of %d chips free%s"
              .formatted(
                  pool.getPreset(),
                  pool.getFree(),
                  pool.getChips(),
                  pool.getQueued() == 0 ? "" : ", %d wait".formatted(pool.getQueued())));
    }
    for (var lease : list.getLeasesList()) {
      lines.add(
          "lease %s: %s, step %d%s%s%s"
              .formatted(
                  lease.getName(),
                  lease.getNetwork().isEmpty() ? "nothing loaded" : "network " + lease.getNetwork(),
                  lease.getStep(),
                  lease.getRunning() ? ", running" : "",
                  lease.getAttached() ? ", connected" : "",
                  lease.getWatchers() == 0 ? "" : ", %d watch".formatted(lease.getWatchers())));
    }
    return lines(lines);
  }

  private static String json(HelloResponse server, ListResponse list) {
    var json = new ObjectMapper().createObjectNode();
    json.put("server", server.getServer());
    json.put("protocol", server.getProtocolMajor() + "." + server.getProtocolMinor());
    json.put("isa", server.getIsaVersion());
    var pools = json.putArray("pools");
    for (var pool : list.getPoolsList()) {
      pools
          .addObject()
          .put("preset", pool.getPreset())
          .put("chips", pool.getChips())
          .put("free", pool.getFree())
          .put("queued", pool.getQueued());
    }
    var leases = json.putArray("leases");
    for (var lease : list.getLeasesList()) {
      leases
          .addObject()
          .put("name", lease.getName())
          .put("preset", lease.getPreset())
          .put("network", lease.getNetwork())
          .put(STEP, lease.getStep())
          .put("running", lease.getRunning())
          .put("attached", lease.getAttached())
          .put("watchers", lease.getWatchers());
    }
    return json + "\n";
  }

  private static final String STEP = "step";

  // A chip.

  private String chip(RemoteChip of) {
    var holds = of.describe();
    boolean loaded = !holds.getNetwork().isEmpty();
    var cost = loaded ? of.cost() : Cost.getDefaultInstance();
    var digests = loaded && digest ? of.digests() : null;
    return json ? json(of.lease(), holds, cost, digests) : text(of.lease(), holds, cost, digests);
  }

  private static String text(String lease, DescribeResponse holds, Cost cost, Digests digests) {
    var lines = new ArrayList<String>();
    if (holds.getNetwork().isEmpty()) {
      lines.add("lease %s: %s, nothing loaded".formatted(lease, holds.getPreset()));
      return lines(lines);
    }
    lines.add(
        "lease %s: %s, network %s, step %d, seed %d, %d cores%s"
            .formatted(
                lease,
                holds.getPreset(),
                holds.getNetwork(),
                holds.getStep(),
                holds.getSeed(),
                holds.getCoresCount(),
                holds.getRunning() ? ", running" : ""));
    holds.getPopulationsList().forEach(p -> lines.add(text(p)));
    holds.getProjectionsList().forEach(p -> lines.add(text(p)));
    for (var register : holds.getRegistersList()) {
      lines.add(
          "register %s: %d to %d"
              .formatted(register.getName(), register.getMin(), register.getMax()));
    }
    if (holds.hasSamples()) {
      var samples = holds.getSamples();
      lines.add(
          "samples: %d values of 0 to %d into %s, %d classes, %d steps"
              .formatted(
                  samples.getValues(),
                  samples.getMaxValue(),
                  samples.getData(),
                  samples.getClasses(),
                  samples.getSteps()));
    }
    lines.add(
        "cost: %d steps, %d cycles, %d synaptic operations, %s"
            .formatted(
                cost.getCountsOrDefault(STEPS, 0),
                cost.getCycles(),
                cost.getCountsOrDefault(FORWARD, 0),
                energy(cost)));
    if (digests != null) {
      lines.add("state digest " + digests.state());
      lines.add("cost digest " + digests.cost());
    }
    holds.getRemarksList().forEach(remark -> lines.add("note: " + remark));
    return lines(lines);
  }

  /// Joules, as far as there are figures.
  static String energy(Cost cost) {
    return cost.hasEnergyJoules()
        ? "%.4g J".formatted(cost.getEnergyJoules())
        : "%.4g J without %s"
            .formatted(cost.getEnergyKnownJoules(), String.join(", ", cost.getEnergyMissingList()));
  }

  private static String text(Population p) {
    if (p.getExternal()) {
      return "population %s: %d neurons, external".formatted(p.getName(), p.getNeurons());
    }
    return "population %s: %d neurons, program %s; streams %s; words %s; on %d cores"
        .formatted(
            p.getName(),
            p.getNeurons(),
            p.getProgram(),
            String.join(" ", p.getStreamsList()),
            p.getSymbolsList().stream()
                .map(s -> s.getName() + ":" + format(s))
                .collect(Collectors.joining(" ")),
            p.getCoresCount());
  }

  private static String format(Symbol symbol) {
    return format(symbol.getSigned(), symbol.getBits(), symbol.getFractionBits());
  }

  private static String format(boolean signed, int bits, int fraction) {
    return (signed ? "s" : "u") + bits + (fraction == 0 ? "" : "q(" + fraction + ")");
  }

  private static String text(Projection p) {
    return "projection %s: %s to %s, weights %s%s%s%s"
        .formatted(
            p.getName(),
            p.getSource(),
            p.getTarget(),
            format(p.getSigned(), p.getWeightBits(), p.getFractionBits()),
            p.getPlastic() ? ", plastic" : "",
            p.getTagsCount() == 0 ? "" : ", tags " + String.join(" ", p.getTagsList()),
            p.getMirrorOf().isEmpty() ? "" : ", mirror of " + p.getMirrorOf());
  }

  private static String json(String lease, DescribeResponse holds, Cost cost, Digests digests) {
    var json = new ObjectMapper().createObjectNode();
    json.put("lease", lease);
    json.put("preset", holds.getPreset());
    json.put("network", holds.getNetwork());
    if (holds.getNetwork().isEmpty()) {
      return json + "\n";
    }
    json.put(STEP, holds.getStep());
    json.put("seed", holds.getSeed());
    json.put("running", holds.getRunning());
    var cores = json.putArray("cores");
    holds.getCoresList().forEach(core -> cores.add(core));
    parts(json, holds);
    var costs = json.putObject("cost");
    costs.put("cycles", cost.getCycles());
    costs.put("network_cycles", cost.getNetworkCycles());
    var counts = costs.putObject("counts");
    cost.getCountsMap().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    energy(costs, cost);
    if (digests != null) {
      json.put("state_digest", digests.state());
      json.put("cost_digest", digests.cost());
    }
    texts(json, "remarks", holds.getRemarksList());
    return json + "\n";
  }

  /// Energy as reports have it: null where a figure is missing.
  static void energy(ObjectNode json, Cost cost) {
    if (cost.hasEnergyJoules()) {
      json.put("energy_joules", cost.getEnergyJoules());
    } else {
      json.putNull("energy_joules");
    }
    json.put("energy_known_joules", cost.getEnergyKnownJoules());
    texts(json, "energy_missing", cost.getEnergyMissingList());
  }

  private static void parts(ObjectNode json, DescribeResponse holds) {
    var populations = json.putArray("populations");
    for (var p : holds.getPopulationsList()) {
      var population = populations.addObject();
      population
          .put("name", p.getName())
          .put("neurons", p.getNeurons())
          .put("external", p.getExternal())
          .put("program", p.getProgram());
      texts(population, "streams", p.getStreamsList());
      var words = population.putArray("words");
      for (var symbol : p.getSymbolsList()) {
        words
            .addObject()
            .put("name", symbol.getName())
            .put("bits", symbol.getBits())
            .put("signed", symbol.getSigned())
            .put("fraction_bits", symbol.getFractionBits())
            .put("writable", symbol.getWritable());
      }
    }
    var projections = json.putArray("projections");
    for (var p : holds.getProjectionsList()) {
      var projection = projections.addObject();
      projection
          .put("name", p.getName())
          .put("from", p.getSource())
          .put("to", p.getTarget())
          .put("weight_bits", p.getWeightBits())
          .put("signed", p.getSigned())
          .put("fraction_bits", p.getFractionBits())
          .put("plastic", p.getPlastic())
          .put("mirror_of", p.getMirrorOf());
      texts(projection, "tags", p.getTagsList());
    }
    var registers = json.putArray("registers");
    for (var register : holds.getRegistersList()) {
      registers
          .addObject()
          .put("name", register.getName())
          .put("min", register.getMin())
          .put("max", register.getMax());
    }
  }

  private static void texts(ObjectNode json, String key, List<String> texts) {
    var array = json.putArray(key);
    texts.forEach(array::add);
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}
