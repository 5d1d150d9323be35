package engram.chip;

import engram.isa.image.ChipImage;
import engram.isa.image.PopulationImage;
import engram.isa.image.ProjectionImage;
import engram.isa.program.Program;
import engram.isa.program.SymbolRole;
import java.util.List;
import java.util.function.Function;

/// Finds what a network calls by name; says what there is where nothing has the name.
final class ChipNames {
  private final ChipImage image;

  ChipNames(ChipImage image) {
    this.image = image;
  }

  private static <T> int find(
      String what, String name, List<T> all, Function<? super T, String> nameOf) {
    for (int i = 0; i < all.size(); i++) {
      if (nameOf.apply(all.get(i)).equals(name)) {
        return i;
      }
    }
    throw new UnknownNameException(
        name,
        "%s: %s (expected: one of %s)"
            .formatted(what, name, String.join(", ", all.stream().map(nameOf).toList())));
  }

  int population(String name) {
    return find("population", name, image.populations(), PopulationImage::name);
  }

  int projection(String name) {
    return find("projection", name, image.projections(), ProjectionImage::name);
  }

  int register(String name) {
    return find("register", name, image.registers(), r -> r.name());
  }

  /// Slot of a symbol of a population's program that has one of the roles.
  int slot(int population, String symbol, SymbolRole... roles) {
    var image = this.image.populations().get(population);
    if (image.external()) {
      throw new IllegalArgumentException(
          "population " + image.name() + " is external: no " + symbol);
    }
    var program = program(population);
    var known = program.symbols().stream().filter(s -> List.of(roles).contains(s.role())).toList();
    find(roles[0] + " of " + image.name(), symbol, known, s -> s.name());
    return program.slot(symbol).orElseThrow();
  }

  /// The program of a population that is not external.
  Program program(int population) {
    return image.programs().get(image.populations().get(population).program());
  }
}
