package engram.isa.assembler;

import engram.isa.NumberFormat;
import engram.isa.Overflow;
import engram.isa.ProgramKind;
import engram.isa.program.Activity;
import engram.isa.program.Names;
import engram.isa.program.Program;
import engram.isa.program.Symbol;
import engram.isa.program.SymbolRole;
import engram.isa.program.Table;
import engram.isa.program.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Turns assembly text into a program. Reads on after an error, so that one run reports all of a
/// file.
///
/// The directives, one a line, are:
///
/// ```
/// .program KIND NAME                      neuron, row or synapse; the first directive
/// .const   NAME = expression              can be given another value from outside
/// .field   NAME : s24 q(10) history 3 saturate = 0
/// .param   NAME : u16 = 1024
/// .acc     NAME : s24 hold
/// .stream  NAME graded history 3          rows: .stream NAME sums ACCUMULATOR
/// .global  NAME : u17
/// .group   NAME
/// .tag     NAME : s16
/// .row     NAME        .rowacc NAME       .post NAME
/// .table   NAME : s16 = 1, 2, 3           goes on after a line that ends with a comma
/// .trigger NAME = pre@2 and post.gplus    terms: pre, post.NAME, GLOBAL, step, every N at K
/// .active  when NAME != 0                 or: .active touched, .active touched or NAME
/// .origin  2
/// ```
public final class Assembler {
  private final String file;
  private final List<String> lines;
  private final Map<String, Long> given;
  private final Map<String, Long> constants = new HashMap<>();
  private final Set<String> declaredConstants = new LinkedHashSet<>();
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private final List<Symbol> symbols = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Trigger> triggers = new ArrayList<>();
  private final List<Deferred> deferred = new ArrayList<>();
  private final List<Long> words = new ArrayList<>();
  private final List<Integer> wordLines = new ArrayList<>();

  /// Names that faulty directives would have declared.
  private final Set<String> givenUp = new HashSet<>();

  private ProgramKind kind;
  private String name = "";

  /// False where `.program` is faulty: then everything goes with the program.
  private boolean kindKnown;

  private boolean programGiven;
  private Activity activity = Activity.ALWAYS;
  private boolean activityGiven;
  private int origin;

  /// A statement that is read when all symbols are known.
  ///
  /// @param declares the name that it declares, or empty
  private record Deferred(LineReader reader, String declares, Reading reading) {}

  @FunctionalInterface
  private interface Reading {
    void read(LineReader reader) throws SyntaxFault;
  }

  private Assembler(String file, String source, Map<String, Long> given) {
    this.file = file;
    this.lines = source.lines().toList();
    this.given = given;
  }

  /// Assembles a source text.
  ///
  /// @param file the name that diagnostics show
  /// @param constants values that replace those of `.const` directives
  /// @throws AssemblyException with every error of the file
  public static Assembly assemble(String file, String source, Map<String, Long> constants) {
    return new Assembler(file, source, constants).assemble();
  }

  private Assembly assemble() {
    int line = 0;
    while (line < lines.size()) {
      line = readStatement(line);
    }
    for (var late : deferred) {
      boolean sound = guard(() -> late.reading().read(late.reader()));
      if (!sound) {
        givenUp.add(late.declares());
      }
    }
    if (kind == null && diagnostics.isEmpty()) {
      report(1, 1, "no .program directive (expected: .program neuron|row|synapse NAME)");
    }
    for (var constant : given.keySet()) {
      if (!declaredConstants.contains(constant)) {
        report(
            1,
            1,
            "constant " + constant + " is not declared here (declared: " + declaredConstants + ")");
      }
    }
    if (!diagnostics.isEmpty()) {
      diagnostics.sort(
          java.util.Comparator.comparingInt(Diagnostic::line).thenComparing(Diagnostic::column));
      throw new AssemblyException(diagnostics);
    }
    var program =
        new Program(
            kind,
            name,
            symbols,
            tables,
            triggers,
            activity,
            origin,
            words.stream().mapToLong(Long::longValue).toArray());
    return new Assembly(
        program, file, lines, wordLines.stream().mapToInt(Integer::intValue).toArray());
  }

  /// Reads the statement that starts on a line (counted from 0); returns the line behind it.
  private int readStatement(int first) {
    var tokens = new ArrayList<Token>();
    int end = first + 1;
    while (end < lines.size() && goesOn(lines.get(first), lines.get(end - 1))) {
      end++;
    }
    int behind = end;
    boolean directive = Lexer.code(lines.get(first)).stripLeading().startsWith(".");
    boolean sound =
        guard(() -> {
          for (int line = first; line < behind; line++) {
            tokens.addAll(Lexer.tokens(lines.get(line), line + 1));
            if (line < behind - 1) {
              tokens.removeLast();
            }
          }
          var reader = new LineReader(tokens, constants);
          if (reader.takeIf(".")) {
            directive(reader);
          } else if (!reader.atEnd()) {
            deferred.add(new Deferred(reader, "", r -> instruction(r, first + 1)));
          }
        });
    if (!sound && directive) {
      lines.subList(first, behind).forEach(this::giveUp);
    }
    return behind;
  }

  /// Notes the words of a directive that can't be read: they may be names that it declares.
  private void giveUp(String line) {
    Collections.addAll(givenUp, Lexer.code(line).split("[^A-Za-z0-9_]+"));
  }

  /// True if a statement goes on in the next line: it ends with a comma, or a table with its `=`.
  private static boolean goesOn(String firstLine, String lastLine) {
    String code = Lexer.code(lastLine).strip();
    boolean table = Lexer.code(firstLine).strip().startsWith(".table");
    return code.endsWith(",") || table && code.endsWith("=");
  }

  private interface Guarded {
    void run() throws SyntaxFault;
  }

  /// Runs the reading of a statement; false if it ends with a fault. A name that is unknown because
  /// its own declaration is faulty is not reported again.
  private boolean guard(Guarded body) {
    try {
      body.run();
      return true;
    } catch (SyntaxFault fault) {
      if (fault.unknown().isEmpty() || !givenUp.contains(fault.unknown())) {
        report(fault.line(), fault.column(), fault.getMessage());
      }
      return false;
    }
  }

  private void report(int line, int column, String message) {
    String text = line <= lines.size() ? lines.get(line - 1) : "";
    diagnostics.add(new Diagnostic(file, line, column, message, text));
  }

  private void directive(LineReader reader) throws SyntaxFault {
    var directive = reader.name("a directive");
    if (kind == null && !directive.text().equals("program")) {
      kind = ProgramKind.NEURON;
      throw directive.fault("the first directive must be .program");
    }
    switch (directive.text()) {
      case "program" -> program(reader, directive);
      case "const" -> constant(reader);
      case "field" -> typed(reader, SymbolRole.FIELD, directive);
      case "param" -> typed(reader, SymbolRole.PARAM, directive);
      case "acc" -> typed(reader, SymbolRole.ACCUMULATOR, directive);
      case "global" -> typed(reader, SymbolRole.GLOBAL, directive);
      case "tag" -> typed(reader, SymbolRole.TAG, directive);
      case "stream" -> stream(reader, directive);
      case "group" -> names(reader, SymbolRole.GROUP, directive);
      case "row" -> names(reader, SymbolRole.ROW, directive);
      case "rowacc" -> names(reader, SymbolRole.ROW_ACCUMULATOR, directive);
      case "post" -> names(reader, SymbolRole.POST, directive);
      case "table" -> table(reader);
      case "trigger" -> {
        require(directive, Set.of(ProgramKind.ROW, ProgramKind.SYNAPSE));
        deferred.add(new Deferred(reader, reader.peek().text(), this::trigger));
      }
      case "active" -> deferred.add(new Deferred(reader, "", r -> active(r, directive)));
      case "origin" -> {
        origin = reader.number("origin", 0, Symbol.HISTORY - 1);
        reader.expectEnd();
      }
      default -> throw directive.fault("unknown directive: ." + directive.text());
    }
  }

  private void program(LineReader reader, Token directive) throws SyntaxFault {
    if (programGiven) {
      throw directive.fault(".program stands twice");
    }
    programGiven = true;
    kind = ProgramKind.NEURON;
    var word = reader.name("neuron, row or synapse");
    kind =
        Arrays.stream(ProgramKind.values())
            .filter(k -> k.keyword().equals(word.text()))
            .findFirst()
            .orElseThrow(() -> word.fault(word.shown() + " (expected: neuron, row or synapse)"));
    kindKnown = true;
    name = reader.name("a name").text();
    reader.expectEnd();
  }

  /// True if the program is of one of these kinds, for all that is known of it.
  private boolean goesWith(Set<ProgramKind> kinds) {
    return !kindKnown || kinds.contains(kind);
  }

  private void constant(LineReader reader) throws SyntaxFault {
    var constant = newName(reader).text();
    declaredConstants.add(constant);
    Long outside = given.get(constant);
    long value;
    if (reader.takeIf("=")) {
      value = reader.expression();
    } else if (outside != null) {
      value = outside;
    } else {
      throw reader.unexpected("'=', or a value from outside for " + constant);
    }
    constants.put(constant, outside != null ? outside : value);
    reader.expectEnd();
  }

  private void typed(LineReader reader, SymbolRole role, Token directive) throws SyntaxFault {
    require(directive, role.kinds());
    var symbol = newName(reader);
    reader.expect(":");
    var format = format(reader);
    int history = 1;
    boolean hold = false;
    boolean stored =
        role == SymbolRole.FIELD || role == SymbolRole.ACCUMULATOR || role == SymbolRole.TAG;
    var overflow = Overflow.SATURATE;
    int initial = 0;
    Token start = null;
    while (!reader.atEnd()) {
      var word = reader.peek();
      if (reader.takeIf("history") && role != SymbolRole.GLOBAL && role != SymbolRole.TAG) {
        history = reader.number("history", 1, Symbol.HISTORY);
      } else if (role == SymbolRole.ACCUMULATOR && reader.takeIf("hold")) {
        hold = true;
      } else if (stored && reader.takeIf("saturate")) {
        overflow = Overflow.SATURATE;
      } else if (stored && reader.takeIf("wrap")) {
        overflow = Overflow.WRAP;
      } else if (stored && reader.takeIf("stop")) {
        overflow = Overflow.STOP;
      } else if (reader.takeIf("=")) {
        start = word;
        initial = reader.number("initial value", format.min(), format.max());
      } else {
        throw word.fault(word.shown() + " does not go with ." + role.keyword());
      }
    }
    if (initial != 0 && role == SymbolRole.ACCUMULATOR && !hold) {
      throw start.fault("an accumulator that is not held starts at 0");
    }
    declare(
        symbol,
        new Symbol(symbol.text(), role, format, overflow, history, hold, false, initial, ""));
  }

  private NumberFormat format(LineReader reader) throws SyntaxFault {
    var type = reader.name("a type such as s16 or u8");
    String text = type.text().toLowerCase(Locale.ROOT);
    try {
      int bits = Integer.parseInt(text.substring(1));
      boolean signed = text.charAt(0) == 's';
      if (!signed && text.charAt(0) != 'u') {
        throw new NumberFormatException(text);
      }
      int fraction = 0;
      if (reader.takeIf("q")) {
        reader.expect("(");
        fraction = reader.number("fraction bits", 0, 31);
        reader.expect(")");
      }
      return new NumberFormat(signed, bits, fraction);
    } catch (NumberFormatException e) {
      throw type.fault(type.shown() + " (expected: s1 to s32 or u1 to u31)");
    } catch (IllegalArgumentException e) {
      throw type.fault(e.getMessage());
    }
  }

  private void stream(LineReader reader, Token directive) throws SyntaxFault {
    require(directive, SymbolRole.STREAM.kinds());
    var stream = newName(reader);
    boolean graded = false;
    int history = 1;
    String sums = "";
    while (!reader.atEnd()) {
      if (reader.takeIf("graded")) {
        graded = true;
      } else if (reader.takeIf("history")) {
        history = reader.number("history", 1, Symbol.HISTORY);
      } else if (goesWith(Set.of(ProgramKind.ROW)) && reader.takeIf("sums")) {
        sums = reader.name("a row accumulator").text();
      } else {
        throw reader.unexpected("graded, history, or sums in a row program");
      }
    }
    var format = graded ? NumberFormat.signed(16) : NumberFormat.BIT;
    declare(
        stream,
        new Symbol(
            stream.text(),
            SymbolRole.STREAM,
            format,
            Overflow.SATURATE,
            history,
            false,
            graded,
            0,
            sums));
  }

  private void names(LineReader reader, SymbolRole role, Token directive) throws SyntaxFault {
    require(directive, role.kinds());
    do {
      var symbol = newName(reader);
      declare(symbol, Symbol.of(symbol.text(), role, NumberFormat.S32));
    } while (reader.takeIf(","));
    reader.expectEnd();
  }

  private void table(LineReader reader) throws SyntaxFault {
    var at = newName(reader);
    reader.expect(":");
    var format = format(reader);
    reader.expect("=");
    var values = new ArrayList<Integer>();
    do {
      values.add(reader.number("entry " + values.size(), format.min(), format.max()));
    } while (reader.takeIf(","));
    reader.expectEnd();
    if (tables.size() == Symbol.DECLARED) {
      throw at.fault(
          "tables: " + (tables.size() + 1) + " (expected: at most " + Symbol.DECLARED + ")");
    }
    tables.add(new Table(at.text(), format, values.stream().mapToInt(Integer::intValue).toArray()));
  }

  private void trigger(LineReader reader) throws SyntaxFault {
    var at = newName(reader);
    reader.expect("=");
    int preAge = Trigger.NONE;
    int postSlot = Trigger.NONE;
    int postAge = 0;
    int period = Trigger.NONE;
    int offset = 0;
    int globalSlot = Trigger.NONE;
    int globalAge = 0;
    do {
      var term = reader.name("pre, post.NAME, step, every N, or a global register");
      boolean twice =
          switch (term.text()) {
            case "pre" -> preAge != Trigger.NONE;
            case "post" -> postSlot != Trigger.NONE;
            case "step", "every" -> period != Trigger.NONE;
            default -> globalSlot != Trigger.NONE;
          };
      if (twice) {
        throw term.fault("a second term of this sort: " + term.text());
      }
      switch (term.text()) {
        case "pre" -> preAge = age(reader);
        case "post" -> {
          if (kind == ProgramKind.ROW) {
            throw term.fault("a row has no target neuron: post");
          }
          reader.expect(".");
          postSlot = slot(reader.name("a stream of the target neuron"), SymbolRole.POST);
          postAge = age(reader);
        }
        case "step" -> period = 1;
        case "every" -> {
          period = reader.number("period", 1, 1 << 30);
          offset = reader.takeIf("at") ? reader.number("offset", 0, period - 1) : period - 1;
        }
        default -> {
          globalSlot = slot(term, SymbolRole.GLOBAL);
          globalAge = age(reader);
        }
      }
    } while (reader.takeIf("and"));
    reader.expectEnd();
    if (triggers.size() == Trigger.MOST) {
      throw at.fault(
          "triggers: " + (triggers.size() + 1) + " (expected: at most " + Trigger.MOST + ")");
    }
    triggers.add(
        new Trigger(at.text(), preAge, postSlot, postAge, period, offset, globalSlot, globalAge));
  }

  private int age(LineReader reader) throws SyntaxFault {
    return reader.takeIf("@") ? reader.number("age", 0, Symbol.HISTORY - 1) : 0;
  }

  private void active(LineReader reader, Token directive) throws SyntaxFault {
    if (activityGiven) {
      throw directive.fault(".active stands twice");
    }
    activityGiven = true;
    if (reader.takeIf("when")) {
      var field = reader.name("a field");
      reader.expect("!=");
      reader.number("value", 0, 0);
      reader.expectEnd();
      int slot =
          !kindKnown
              ? slot(field, SymbolRole.FIELD, SymbolRole.PARAM, SymbolRole.ROW)
              : kind == ProgramKind.SYNAPSE
                  ? slot(field, SymbolRole.ROW)
                  : slot(field, SymbolRole.FIELD, SymbolRole.PARAM);
      activity = new Activity(Activity.Kind.WHEN, List.of(slot));
      return;
    }
    reader.expect("touched");
    require(directive, Set.of(ProgramKind.NEURON, ProgramKind.ROW));
    var slots = new ArrayList<Integer>();
    while (reader.takeIf("or")) {
      slots.add(slot(reader.name("a field"), SymbolRole.FIELD));
    }
    reader.expectEnd();
    activity = new Activity(Activity.Kind.TOUCHED, slots);
  }

  private void require(Token directive, Set<ProgramKind> kinds) throws SyntaxFault {
    if (!goesWith(kinds)) {
      throw directive.fault(
          "." + directive.text() + " does not go with a " + kind.keyword() + " program");
    }
  }

  private Token newName(LineReader reader) throws SyntaxFault {
    var token = reader.name("a name");
    String text = token.text();
    if (Names.reserved(text)) {
      throw token.fault("reserved name: " + text);
    }
    boolean used =
        declaredConstants.contains(text)
            || symbols.stream().anyMatch(s -> s.name().equals(text))
            || tables.stream().anyMatch(t -> t.name().equals(text))
            || triggers.stream().anyMatch(t -> t.name().equals(text));
    if (used) {
      throw token.fault("name declared twice: " + text);
    }
    return token;
  }

  private void declare(Token token, Symbol symbol) throws SyntaxFault {
    if (symbols.size() == Symbol.DECLARED) {
      throw token.fault(
          "symbols: " + (symbols.size() + 1) + " (expected: at most " + Symbol.DECLARED + ")");
    }
    symbols.add(symbol);
  }

  /// The slot of a declared symbol that has one of the roles.
  private int slot(Token token, SymbolRole... roles) throws SyntaxFault {
    for (int i = 0; i < symbols.size(); i++) {
      if (symbols.get(i).name().equals(token.text())
          && List.of(roles).contains(symbols.get(i).role())) {
        return i;
      }
    }
    throw token.unknown(
        roles[0].toString(),
        symbols.stream().filter(s -> List.of(roles).contains(s.role())).map(Symbol::name).toList());
  }

  private void instruction(LineReader reader, int line) throws SyntaxFault {
    var parser = new InstructionParser(reader, symbols, tables, triggers);
    words.add(parser.parse().word());
    wordLines.add(line);
  }
}
