package io.mobilenetspark.spark.ml;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.ValueType;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * The parameters of a stage, made of settings: their names, descriptions, defaults and checks. The
 * stages' accessors are generated from the same settings when the library is built.
 */
final class SettingParams implements Serializable {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<String, Setting<?>> settings = new LinkedHashMap<>();
  private final LinkedHashMap<String, Param<?>> params = new LinkedHashMap<>();

  /** Makes the parameters of a stage and sets their defaults. */
  @SafeVarargs
  SettingParams(Params stage, List<Setting<?>>... groups) {
    for (List<Setting<?>> group : groups) {
      group.forEach(setting -> add(stage, setting));
    }
  }

  private <T> void add(Params stage, Setting<T> setting) {
    Param<?> param = param(stage, setting);
    settings.put(setting.name(), setting);
    params.put(setting.name(), param);
    setting.defaultValue().ifPresent(value -> setDefault(stage, param, value));
  }

  @SuppressWarnings("unchecked") // a parameter is made for the values of its setting
  private static <P> void setDefault(Params stage, Param<P> param, Object value) {
    stage.setDefault(param, (P) written(value));
  }

  private static Object written(Object value) {
    return value instanceof Choice word ? word.optionName() : value;
  }

  private static <T> Param<?> param(Params stage, Setting<T> setting) {
    String name = setting.name();
    String doc = doc(setting);
    ValueType<T> type = setting.type();
    if (type instanceof ValueType.Whole) {
      return new IntParam(stage, name, doc, checked(setting));
    } else if (type instanceof ValueType.Big) {
      return new LongParam(stage, name, doc, checked(setting));
    } else if (type instanceof ValueType.Real) {
      return new DoubleParam(stage, name, doc, checked(setting));
    } else if (type instanceof ValueType.Flag) {
      return new BooleanParam(stage, name, doc);
    } else if (type instanceof ValueType.Names) {
      return new StringArrayParam(stage, name, doc);
    } else if (type instanceof ValueType.Reals reals) {
      return new DoubleArrayParam(stage, name, doc, taken(setting, reals));
    }
    return new Param<String>(stage, name, doc, checked(setting));
  }

  /** MLlib prints a default beside it, but not what holds where there is none. */
  private static String doc(Setting<?> setting) {
    return setting.defaultValue().isPresent() || setting.defaultText().isEmpty()
        ? setting.doc()
        : String.format(Locale.ROOT, "%s; if not set: %s", setting.doc(), setting.defaultText());
  }

  /** Serializable, because a stage is and holds its parameters with their checks. */
  private interface Check<V> extends Function1<V, Object>, Serializable {}

  /** A check that says what is accepted; MLlib's own says only what is not. */
  private static <V> Check<V> checked(Setting<?> setting) {
    return value -> {
      try {
        if (!classOf(setting.type()).isInstance(value)) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "it must be of type %s, not %s",
                  classOf(setting.type()).getSimpleName(),
                  value == null ? "null" : value.getClass().getSimpleName()));
        }
        setting.type().parse(String.valueOf(value));
        return true;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "Parameter %s: %s", setting.name(), e.getMessage()), e);
      }
    };
  }

  /** The message is MLlib's own, which its code may look for. */
  private static Check<double[]> taken(Setting<?> setting, ValueType.Reals type) {
    return values -> {
      if (values == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "Parameter %s: it must be an array, not null", setting.name()));
      }
      try {
        type.checked(boxed(values));
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    };
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** What a parameter holds. */
  private static Class<?> classOf(ValueType<?> type) {
    if (type instanceof ValueType.Whole) {
      return Integer.class;
    } else if (type instanceof ValueType.Big) {
      return Long.class;
    }
    return type instanceof ValueType.Real ? Double.class : String.class;
  }

  /** The parameter of a setting; the generated accessors know its type. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  <P extends Param<?>> P of(String name) {
    return (P) param(name);
  }

  private Param<?> param(String name) {
    Param<?> param = params.get(name);
    if (param == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return param;
  }

  /** The settings, in their order. */
  List<Setting<?>> all() {
    return List.copyOf(settings.values());
  }

  /** What was set on a stage, as the settings have it; with the stage's defaults for the rest. */
  SettingValues values(Params stage) {
    SettingValues values = SettingValues.none();
    for (Map.Entry<String, Setting<?>> entry : settings.entrySet()) {
      values = with(values, entry.getValue(), stage, param(entry.getKey()));
    }
    return values;
  }

  /** A stage that was saved has the defaults of the version that saved it. */
  private static <T> SettingValues with(
      SettingValues values, Setting<T> setting, Params stage, Param<?> param) {
    if (stage.isSet(param)) {
      Object value = stage.get(param).get();
      boolean isEmpty = value instanceof String[] names && names.length == 0;
      return isEmpty ? values : values.with(setting, read(setting, value));
    }
    return stage.hasDefault(param)
        ? values.withDefault(setting, read(setting, stage.getDefault(param).get()))
        : values;
  }

  /** Lists as they are: a name may have a comma. */
  @SuppressWarnings("unchecked") // a parameter is made for the values of its setting
  private static <T> T read(Setting<T> setting, Object value) {
    if (value instanceof double[] numbers) {
      return (T) boxed(numbers);
    }
    return value instanceof String[] names
        ? (T) List.of(names)
        : setting.type().parse(String.valueOf(value));
  }

  /** Sets what was set elsewhere, as the stage's parameters have it. */
  void set(Params stage, SettingValues values) {
    settings.values().stream().filter(values::has).forEach(one -> set(stage, one, values));
  }

  @SuppressWarnings("unchecked") // a parameter is made for the values of its setting
  private <T, P> void set(Params stage, Setting<T> setting, SettingValues values) {
    T value = values.get(setting);
    Object given;
    if (setting.type() instanceof ValueType.Reals) {
      given = ((List<Double>) value).stream().mapToDouble(Double::doubleValue).toArray();
    } else if (value instanceof List<?> names) {
      given = names.toArray(String[]::new);
    } else {
      given = written(value);
    }
    stage.set((Param<P>) param(setting.name()), (P) given);
  }
}
