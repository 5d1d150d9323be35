package engram.server;

import engram.chip.Chip;
import engram.chip.ChipCost;
import engram.chip.preset.Counter;
import engram.isa.NumberFormat;
import engram.isa.image.ChipImage;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.protocol.Columns;
import engram.protocol.v1.Code;
import engram.protocol.v1.Cost;
import engram.protocol.v1.DescribeResponse;
import engram.protocol.v1.ProbeRequest;
import engram.protocol.v1.ProbeResponse;
import engram.protocol.v1.ReadRequest;
import engram.protocol.v1.ReadResponse;
import engram.protocol.v1.Request;
import java.util.List;
import java.util.stream.Collectors;

/// What clients read of a chip, as messages.
final class Readings {
  /// Longest column of words in one response, in bytes.
  static final int MOST_BYTES = 8 << 20;

  private Readings() {}

  static ReadResponse read(Chip chip, ReadRequest request) {
    return switch (request.getWhatCase()) {
      case FIELD -> field(chip, request.getField());
      case SYNAPSES -> synapses(chip, request.getSynapses());
      case REGISTER -> register(chip, request.getRegister());
      case WHAT_NOT_SET -> throw missing("what");
    };
  }

  /// An unsigned number as a positive one: 0 means 1.
  static long atLeastOne(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : Math.max(1, unsigned);
  }

  static CallException missing(String field) {
    return CallException.of(
        Code.CODE_INVALID_ARGUMENT, "%s: nothing (expected: one of its alternatives)", field);
  }

  private static ReadResponse field(Chip chip, ReadRequest.Field field) {
    int[] values = chip.read(field.getPopulation(), field.getField());
    return ReadResponse.newBuilder()
        .setStep(chip.timestep())
        .setValues(Columns.ofInts(values))
        .setRows(1)
        .setColumns(values.length)
        .build();
  }

  private static ReadResponse register(Chip chip, String name) {
    return ReadResponse.newBuilder()
        .setStep(chip.timestep())
        .setValues(Columns.ofInts(chip.register(name, 0)))
        .setRows(1)
        .setColumns(1)
        .build();
  }

  private static ReadResponse synapses(Chip chip, ReadRequest.Synapses synapses) {
    int[] shape = chip.shape(synapses.getProjection());
    int first = synapses.getFirstSource();
    int sources = synapses.getSources() == 0 ? shape[0] - first : synapses.getSources();
    long rowBytes = (long) Integer.BYTES * shape[1];
    if (synapses.getMostBytes() != 0) {
      long most = Math.min(synapses.getMostBytes() & 0xFFFF_FFFFL, MOST_BYTES);
      sources = (int) Math.min(sources, Math.max(1, most / rowBytes));
    }
    long bytes = rowBytes * sources;
    if (bytes > MOST_BYTES) {
      throw CallException.of(
          Code.CODE_OUT_OF_RANGE,
          "words of %s: %d bytes (expected: at most %d in one call; read fewer sources at a time)",
          synapses.getProjection(),
          bytes,
          MOST_BYTES);
    }
    int[] words =
        synapses.getTag().isEmpty()
            ? chip.weights(synapses.getProjection(), first, sources)
            : chip.tags(synapses.getProjection(), synapses.getTag(), first, sources);
    return ReadResponse.newBuilder()
        .setStep(chip.timestep())
        .setValues(Columns.ofInts(words))
        .setRows(sources)
        .setColumns(shape[1])
        .setSources(shape[0])
        .build();
  }

  /// What a stream is about, by the network's own names.
  static String about(Chip chip, Request request) {
    return switch (request.getCallCase()) {
      case SUBSCRIBE -> {
        var events = request.getSubscribe();
        yield streamOf(chip, events.getPopulation(), events.getStream());
      }
      case UDP_OUTPUT -> {
        var events = request.getUdpOutput();
        yield streamOf(chip, events.getPopulation(), events.getStream());
      }
      case UDP_INPUT -> request.getUdpInput().getPopulation();
      case PROBE -> about(request.getProbe());
      default -> "";
    };
  }

  private static String streamOf(Chip chip, String population, String stream) {
    return population + "." + stream(chip, population, stream);
  }

  private static String about(ProbeRequest probe) {
    return switch (probe.getWhatCase()) {
      case FIELD -> probe.getField().getPopulation() + "." + probe.getField().getField();
      case SYNAPSES -> {
        var synapses = probe.getSynapses();
        yield synapses.getProjection()
            + (synapses.getTag().isEmpty() ? "" : "." + synapses.getTag());
      }
      case REGISTER -> probe.getRegister();
      case COUNTERS -> "counters";
      case WHAT_NOT_SET -> "";
    };
  }

  static ProbeResponse probe(Chip chip, ProbeRequest request) {
    var response = ProbeResponse.newBuilder();
    switch (request.getWhatCase()) {
      case FIELD -> response.setWords(field(chip, request.getField()).toBuilder().clearStep());
      case SYNAPSES ->
          response.setWords(synapses(chip, request.getSynapses()).toBuilder().clearStep());
      case REGISTER ->
          response.setWords(register(chip, request.getRegister()).toBuilder().clearStep());
      case COUNTERS -> response.setCost(cost(chip, chip.cost()));
      case WHAT_NOT_SET -> throw missing("what");
    }
    return response.build();
  }

  static Cost cost(Chip chip, ChipCost cost) {
    var message = Cost.newBuilder().setCycles(cost.cycles()).setNetworkCycles(cost.networkCycles());
    for (var counter : Counter.values()) {
      message.putCounts(counter.key(), cost.count(counter));
    }
    for (long[] phases : cost.coreCycles()) {
      for (long cycles : phases) {
        message.addCoreCycles(cycles);
      }
    }
    for (long flits : cost.linkFlits()) {
      message.addLinkFlits(flits);
    }
    var energy = chip.energy(cost);
    energy.joules().ifPresent(message::setEnergyJoules);
    return message
        .addAllEnergyMissing(energy.missing())
        .setEnergyKnownJoules(energy.knownJoules())
        .build();
  }

  static DescribeResponse describe(Chip chip) {
    var image = chip.image();
    var response =
        DescribeResponse.newBuilder()
            .setPreset(chip.preset().name())
            .setNetwork(image.network())
            .setStep(chip.timestep())
            .setSeed(image.seed())
            .addAllRemarks(chip.options().engine().remarks());
    for (int p = 0; p < image.populations().size(); p++) {
      response.addPopulations(population(image, p));
    }
    image.projections().forEach(p -> response.addProjections(projection(image, p)));
    for (var register : image.registers()) {
      response.addRegisters(
          DescribeResponse.Register.newBuilder()
              .setName(register.name())
              .setMin(register.format().min())
              .setMax(register.format().max()));
    }
    for (int core : chip.coreNumbers()) {
      response.addCores(core);
    }
    image
        .samples()
        .ifPresent(port ->
            response.setSamples(
                DescribeResponse.SamplePort.newBuilder()
                    .setData(port.data())
                    .setValues(chip.size(port.data()))
                    .setMaxValue(dataFormat(image, port.data(), port.dataField()).max())
                    .setClasses(chip.size(port.vote()))
                    .setSteps(port.steps())));
    return response.build();
  }

  private static NumberFormat dataFormat(ChipImage image, String population, String field) {
    var data = image.populations().stream().filter(p -> p.name().equals(population)).findFirst();
    return image.programs().get(data.orElseThrow().program()).symbols().stream()
        .filter(s -> s.name().equals(field))
        .findFirst()
        .orElseThrow()
        .format();
  }

  private static DescribeResponse.Population population(ChipImage image, int index) {
    var population = image.populations().get(index);
    var message =
        DescribeResponse.Population.newBuilder()
            .setName(population.name())
            .setNeurons(population.size())
            .setExternal(population.external())
            .setLag(population.lag());
    if (!population.external()) {
      var program = image.programs().get(population.program());
      message.setProgram(program.name());
      program.symbols().stream()
          .filter(Readings::isRead)
          .forEach(s -> message.addSymbols(symbol(s)));
      program.symbols().stream()
          .filter(s -> s.role() == SymbolRole.STREAM)
          .forEach(s -> message.addStreams(s.name()));
    }
    for (var core : image.cores()) {
      if (core.slices().stream().anyMatch(s -> s.population() == index)) {
        message.addCores(core.core());
      }
    }
    return message.build();
  }

  private static boolean isRead(Symbol symbol) {
    return symbol.role() == SymbolRole.FIELD
        || symbol.role() == SymbolRole.PARAM
        || symbol.role() == SymbolRole.ACCUMULATOR;
  }

  private static DescribeResponse.Symbol symbol(Symbol symbol) {
    return DescribeResponse.Symbol.newBuilder()
        .setName(symbol.name())
        .setBits(symbol.format().bits())
        .setSigned(symbol.format().signed())
        .setFractionBits(symbol.format().fraction())
        .setWritable(symbol.role() != SymbolRole.ACCUMULATOR)
        .build();
  }

  private static DescribeResponse.Projection projection(ChipImage image, ProjectionImage p) {
    var message =
        DescribeResponse.Projection.newBuilder()
            .setName(p.name())
            .setSource(
                name(image, p.source())
                    + p.lines().stream().map(l -> "." + l.stream()).collect(Collectors.joining()))
            .setTarget(name(image, p.target()) + "." + p.accumulator())
            .setWeightBits(p.weights().bits())
            .setSigned(p.weights().signed())
            .setFractionBits(p.weights().fraction())
            .setPlastic(p.learns());
    if (p.learns()) {
      image.programs().get(p.synapseProgram()).symbols().stream()
          .filter(s -> s.role() == SymbolRole.TAG)
          .forEach(s -> message.addTags(s.name()));
    }
    if (p.isMirror()) {
      message.setMirrorOf(image.projections().get(p.mirrorOf()).name());
    }
    return message.build();
  }

  private static String name(ChipImage image, int population) {
    return image.populations().get(population).name();
  }

  /// The stream that is meant where a client names none: the only one, or `spike`.
  static String stream(Chip chip, String population, String given) {
    if (!given.isEmpty()) {
      return given;
    }
    var streams =
        chip.image().populations().stream()
            .filter(p -> p.name().equals(population) && !p.external())
            .flatMap(p -> streams(chip.image(), p).stream())
            .toList();
    return streams.size() == 1 ? streams.get(0) : "spike";
  }

  private static List<String> streams(ChipImage image, PopulationImage population) {
    return image.programs().get(population.program()).symbols().stream()
        .filter(s -> s.role() == SymbolRole.STREAM)
        .map(Symbol::name)
        .toList();
  }
}
