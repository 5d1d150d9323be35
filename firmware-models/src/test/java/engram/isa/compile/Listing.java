package engram.isa.compile;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A class as text: methods, and in them a line for each statement. What goes on the stack stands
/// in its order, what takes it off ends the line. Constants stand for themselves, locals as `i3`:
/// type and slot.
final class Listing {
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder line = new StringBuilder();
  private final Map<Label, String> labels = new HashMap<>();
  private Set<Label> targets = Set.of();

  static String of(byte[] bytes) {
    var listing = new Listing();
    ClassFile.of().parse(bytes).methods().forEach(listing::method);
    return listing.text.toString();
  }

  private void method(MethodModel method) {
    var code = method.code().orElseThrow();
    labels.clear();
    targets =
        code.elementStream()
            .flatMap(e -> targets(e).stream())
            .collect(Collectors.toUnmodifiableSet());
    text.append(text.isEmpty() ? "" : "\n");
    text.append(name(method.methodName().stringValue(), method.methodTypeSymbol())).append('\n');
    for (var element : code) {
      switch (element) {
        case LabelTarget target when targets.contains(target.label()) -> {
          end();
          text.append(label(target.label())).append(":\n");
        }
        case Instruction instruction -> instruction(instruction);
        default -> {}
      }
    }
    end();
  }

  private static Set<Label> targets(CodeElement element) {
    return switch (element) {
      case BranchInstruction branch -> Set.of(branch.target());
      case TableSwitchInstruction table -> {
        var all = table.cases().stream().map(c -> c.target()).collect(Collectors.toSet());
        all.add(table.defaultTarget());
        yield all;
      }
      default -> Set.of();
    };
  }

  private void instruction(Instruction instruction) {
    switch (instruction) {
      case LoadInstruction load -> add(local(load.typeKind(), load.slot()));
      case StoreInstruction store -> {
        add("-> " + local(store.typeKind(), store.slot()));
        end();
      }
      case ConstantInstruction constant ->
          add(constant.constantValue() + (constant.typeKind() == TypeKind.LONG ? "L" : ""));
      case IncrementInstruction add -> {
        add("i" + add.slot() + " += " + add.constant());
        end();
      }
      case FieldInstruction field ->
          add(
              switch (field.opcode()) {
                    case GETSTATIC ->
                        field.owner().name().stringValue().replaceAll(".*/", "") + ".";
                    case GETFIELD -> ".";
                    default -> field.opcode().name().toLowerCase(Locale.ROOT) + " ";
                  }
                  + field.name().stringValue());
      case InvokeInstruction invoke -> {
        add(invoke(invoke));
        if (invoke.typeSymbol().returnType().descriptorString().equals("V")) {
          end();
        }
      }
      case ArrayLoadInstruction _ -> add("[]");
      case ArrayStoreInstruction _ -> {
        add("-> []");
        end();
      }
      case TypeCheckInstruction check -> add("(" + simple(check.type().asSymbol()) + ")");
      case BranchInstruction branch -> {
        add(mnemonic(branch) + " " + label(branch.target()));
        end();
      }
      case TableSwitchInstruction table -> {
        add("switch");
        table.cases().forEach(c -> add(c.caseValue() + ": " + label(c.target())));
        add("else: " + label(table.defaultTarget()));
        end();
      }
      case ReturnInstruction back -> {
        add(mnemonic(back));
        end();
      }
      default -> add(mnemonic(instruction));
    }
  }

  private static String mnemonic(Instruction instruction) {
    return instruction.opcode().name().toLowerCase(Locale.ROOT);
  }

  private static String local(TypeKind kind, int slot) {
    return (kind == TypeKind.REFERENCE ? "a" : kind == TypeKind.LONG ? "l" : "i") + slot;
  }

  private static String invoke(InvokeInstruction invoke) {
    String owner = invoke.owner().name().stringValue().replaceAll(".*/", "");
    return owner + "." + name(invoke.name().stringValue(), invoke.typeSymbol());
  }

  private static String name(String name, MethodTypeDesc type) {
    return type.parameterList().stream()
        .map(Listing::simple)
        .collect(Collectors.joining(",", name + "(", ")"));
  }

  private static String simple(ClassDesc type) {
    return type.displayName().replaceAll(".*\\$", "");
  }

  private String label(Label label) {
    return labels.computeIfAbsent(label, _ -> "L" + labels.size());
  }

  private void add(String word) {
    line.append(line.isEmpty() ? "  " : "  ").append(word);
  }

  private void end() {
    if (!line.isEmpty()) {
      text.append(line).append('\n');
      line.setLength(0);
    }
  }
}
