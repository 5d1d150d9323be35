package engram.isa.program;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What symbols, tables, triggers and programs can be called.
public final class Names {
  /// Built-in symbols, and the words that start a term of a trigger.
  private static final Set<String> RESERVED =
      Stream.concat(
              Arrays.stream(SymbolRole.values())
                  .filter(SymbolRole::builtIn)
                  .map(SymbolRole::keyword),
              Stream.of("pre", "post", "every"))
          .collect(Collectors.toUnmodifiableSet());

  private Names() {}

  /// True for the words that a program can't declare: built-in symbols, registers, predicates, and
  /// the words of triggers.
  public static boolean reserved(String word) {
    return RESERVED.contains(word) || word.matches("[rp][0-9]+");
  }

  /// True if a text is a word: letters, digits and `_`, no digit in front.
  public static boolean word(String text) {
    return text.matches("[A-Za-z_][A-Za-z0-9_]*");
  }
}
