package io.mobilenetspark.graph;

import org.tensorflow.ConcreteFunction;
import org.tensorflow.DeviceSpec;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;

/**
 * Ops of a graph, named alike in every locale.
 *
 * <p>TensorFlow's Java API numbers the second op of a name with {@code String.format("%s_%d")}, in
 * the digits of the JVM's default locale: {@code Const_۱} in Persian. No graph with such a name can
 * be imported. The default locale belongs to whoever runs the JVM, so the names are put right here.
 * Elsewhere in that API the default locale only shapes messages.
 */
public final class GraphOps {

  private GraphOps() {}

  /** What {@link Ops#create(ExecutionEnvironment)} gives, but for the names. */
  public static Ops of(Graph graph) {
    return Ops.create(new Environment(graph));
  }

  /** Any decimal digit as that of ASCII; a scope's name has no other letters outside of ASCII. */
  private static String withAsciiDigits(String name) {
    StringBuilder ascii = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            c -> {
              boolean isForeign = c > 127 && Character.isDigit(c);
              ascii.appendCodePoint(isForeign ? '0' + Character.digit(c, 10) : c);
            });
    return ascii.toString();
  }

  /** The names of another scope, with digits of ASCII. */
  private record AsciiScope(Scope names) implements Scope {

    @Override
    public ExecutionEnvironment env() {
      return names.env();
    }

    @Override
    public String makeOpName(String name) {
      return withAsciiDigits(names.makeOpName(name));
    }

    @Override
    public String makeUnique(String name) {
      return withAsciiDigits(names.makeUnique(name));
    }

    @Override
    public Scope withSubScope(String name) {
      return new AsciiScope(names.withSubScope(name));
    }

    @Override
    public Scope withName(String name) {
      return new AsciiScope(names.withName(name));
    }

    @Override
    public Scope withNameAsSubScope(String name) {
      return new AsciiScope(names.withNameAsSubScope(name));
    }

    @Override
    public Scope withDevice(DeviceSpec device) {
      return new AsciiScope(names.withDevice(device));
    }

    @Override
    public Scope withInitScope() {
      return new AsciiScope(names.withInitScope());
    }

    @Override
    public Scope withControlDependencyOps(Iterable<Operation> controls) {
      return new AsciiScope(names.withControlDependencyOps(controls));
    }

    @Override
    public void refreshNames() {
      names.refreshNames();
    }

    @Override
    public OperationBuilder apply(OperationBuilder builder) {
      return names.apply(builder);
    }

    @Override
    public String getDeviceString() {
      return names.getDeviceString();
    }

    @Override
    public boolean isInit() {
      return names.isInit();
    }
  }

  /** A graph whose scope is another; {@link Ops} takes nothing but the scope from it. */
  private record Environment(Graph graph) implements ExecutionEnvironment {

    @Override
    public Scope baseScope() {
      return new AsciiScope(graph.baseScope());
    }

    @Override
    public OperationBuilder opBuilder(String type, String name, Scope scope) {
      return graph.opBuilder(type, name, scope);
    }

    @Override
    public void attachFunction(ConcreteFunction function) {
      graph.attachFunction(function);
    }

    @Override
    public void checkInput(Operation input) {
      graph.checkInput(input);
    }

    @Override
    public Types environmentType() {
      return graph.environmentType();
    }

    @Override
    public boolean isInitializer(Operation operation) {
      return graph.isInitializer(operation);
    }
  }
}
