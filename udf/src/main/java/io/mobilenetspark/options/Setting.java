package io.mobilenetspark.options;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be set: all that is known of it, said once. The options of the commands, the
 * settings of SQL, the parameters of the stages in Java and Python, and the tables of the docs are
 * made from it. Each {@link Surface} writes its one name in its own way: {@code outputKey}, {@code
 * --output-key}, {@code spark.mobilenet.outputKey}. Immutable.
 *
 * @param <T> its values
 */
public final class Setting<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private final String name;
  private final ValueType<T> type;
  private final String doc;

  /** {@link #type}'s text of it, which is serializable as a T need not be. */
  private final @Nullable String defaultValue;

  private final String absent;
  private final String label;
  private final Scope scope;
  private final EnumMap<Surface, String> exceptions;

  private Setting(Draft<T> draft) {
    this.name = draft.name;
    this.type = draft.type;
    this.doc = draft.doc;
    this.defaultValue = draft.defaultValue;
    this.absent = draft.absent;
    this.label = draft.label;
    this.scope = draft.scope;
    this.exceptions = draft.exceptions;
  }

  /** What a setting is being made of. */
  private static final class Draft<T> {
    private String name;
    private ValueType<T> type;
    private String doc;
    private @Nullable String defaultValue;
    private String absent = "";
    private String label;
    private Scope scope = Scope.SESSION;
    private EnumMap<Surface, String> exceptions = new EnumMap<>(Surface.class);

    Draft(String name, ValueType<T> type, String doc) {
      this.name = requireNonNull(name, "name");
      this.type = requireNonNull(type, "type");
      this.doc = requireNonNull(doc, "doc");
      this.label = type.label();
    }

    Draft(Setting<T> setting) {
      this(setting.name, setting.type, setting.doc);
      defaultValue = setting.defaultValue;
      absent = setting.absent;
      label = setting.label;
      scope = setting.scope;
      exceptions = new EnumMap<>(setting.exceptions);
    }

    Setting<T> made() {
      return new Setting<>(this);
    }
  }

  /**
   * A setting of queries, which all surfaces have, and no default.
   *
   * @param name in camel case, without the unit or the type, as the field has it
   * @param doc what it is, as the end of "Sets ...": no capital letter, no full stop, no default
   */
  public static <T> Setting<T> of(String name, ValueType<T> type, String doc) {
    return new Draft<>(name, type, doc).made();
  }

  /** One that commands alone have, for cures that name it. */
  public static Setting<String> named(String name) {
    return of(name, ValueType.text(), "");
  }

  /** The same with a value for who sets none. */
  public Setting<T> withDefault(T value) {
    Draft<T> draft = new Draft<>(this);
    draft.defaultValue = type.text(type.checked(value));
    return draft.made();
  }

  /**
   * The same without a default.
   *
   * @param meaning what holds for who sets none, such as {@code what the model expects}
   */
  public Setting<T> withAbsent(String meaning) {
    Draft<T> draft = new Draft<>(this);
    draft.defaultValue = null;
    draft.absent = meaning;
    return draft.made();
  }

  /** The same, described in another way. */
  public Setting<T> withDoc(String other) {
    Draft<T> draft = new Draft<>(this);
    draft.doc = other;
    return draft.made();
  }

  /** The same, of other values. */
  public Setting<T> withType(ValueType<T> other) {
    Draft<T> draft = new Draft<>(this);
    draft.type = other;
    return draft.made();
  }

  /** The same with another word for its values, such as {@code PIXELS}. */
  public Setting<T> withLabel(String other) {
    Draft<T> draft = new Draft<>(this);
    draft.label = other;
    return draft.made();
  }

  /** The same for another time. */
  public Setting<T> withScope(Scope other) {
    Draft<T> draft = new Draft<>(this);
    draft.scope = other;
    return draft.made();
  }

  /** The same, but for one surface that calls it something else. */
  public Setting<T> but(Surface surface, String spelling) {
    Draft<T> draft = new Draft<>(this);
    draft.exceptions.put(surface, spelling);
    return draft.made();
  }

  /** The same, but for one surface that gives it another name, in camel case. */
  public Setting<T> as(Surface surface, String otherName) {
    return but(surface, spelled(otherName, surface));
  }

  /** Its name, in camel case. */
  public String name() {
    return name;
  }

  /** What its values are. */
  public ValueType<T> type() {
    return type;
  }

  /** What it is, as the end of "Sets ...". */
  public String doc() {
    return doc;
  }

  /** What it is, as a sentence. */
  public String sentence() {
    return doc.substring(0, 1).toUpperCase(Locale.ROOT) + doc.substring(1) + ".";
  }

  /** The value for who sets none, if there is one. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue).map(type::parse);
  }

  /** The default as it is written; or what holds for who sets none. */
  public String defaultText() {
    return defaultValue == null ? absent : defaultValue;
  }

  /** What stands for a value where the option is described. */
  public String label() {
    return label;
  }

  /** How long a value holds. */
  public Scope scope() {
    return scope;
  }

  /** Its name as people of a surface know it. */
  public String on(Surface surface) {
    String exception = exceptions.get(surface);
    if (exception != null) {
      return exception;
    }
    return spelled(name, surface);
  }

  private static String spelled(String name, Surface surface) {
    return switch (surface) {
      case COMMAND_LINE -> "--" + kebab(name);
      case SQL -> "spark.mobilenet." + name;
      case STAGE -> name;
    };
  }

  /** MLlib says {@code labelCol} where everybody else says column. */
  private static String kebab(String name) {
    String whole = name.endsWith("Col") ? name + "umn" : name;
    return CAPITAL
        .matcher(whole)
        .replaceAll(letter -> "-" + letter.group().toLowerCase(Locale.ROOT));
  }

  /** By its name on the command line. */
  @Override
  public String toString() {
    return on(Surface.COMMAND_LINE);
  }
}
