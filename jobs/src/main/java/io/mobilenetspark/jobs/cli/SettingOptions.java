package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.options.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Settings as a command's options: names, descriptions, defaults and checks are the settings' own.
 * {@code learningRate} is {@code --learning-rate}.
 */
public final class SettingOptions {

  /** A default of more letters has a line of its own: a URL is not to be broken. */
  private static final int LONG = 50;

  /** By their names; the first of a name counts. */
  private final LinkedHashMap<String, Setting<?>> settings = new LinkedHashMap<>();

  /** What is to be set, by the settings' names. */
  private final TreeMap<String, Given> given = new TreeMap<>();

  /** A value that was given on the command line. */
  private interface Given {
    SettingValues addTo(SettingValues values);
  }

  /** A command whose options are settings, besides those of its own. */
  public interface Holder {
    /** Its settings. */
    SettingOptions settings();
  }

  /** Adds the options behind a command's others; picocli calls it before it parses. */
  public static final class Transformer implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
      SettingOptions options = ((Holder) command.userObject()).settings();
      List<OptionSpec> common =
          command.options().stream().filter(option -> isCommon(command, option)).toList();
      common.forEach(command::remove);
      options.settings.values().forEach(setting -> command.addOption(options.option(setting)));
      common.forEach(command::addOption); // last, as in every command
      return command;
    }
  }

  private static boolean isCommon(CommandSpec command, OptionSpec option) {
    CommandSpec common = command.mixins().get("common");
    return common != null && common.optionsMap().containsKey(option.longestName());
  }

  /** Those of groups; of several of one name, the first. */
  @SafeVarargs
  public static SettingOptions of(List<Setting<?>>... groups) {
    SettingOptions options = new SettingOptions();
    for (List<Setting<?>> group : groups) {
      group.forEach(setting -> options.settings.putIfAbsent(setting.name(), setting));
    }
    return options;
  }

  /** What was given, and the defaults of what was not. */
  public SettingValues values() {
    SettingValues values = SettingValues.none();
    for (Given one : given.values()) {
      values = one.addTo(values);
    }
    return values;
  }

  /** The settings by their options' names. */
  public Map<String, Setting<?>> byOption() {
    Map<String, Setting<?>> options = new TreeMap<>();
    settings.values().forEach(setting -> options.put(name(setting), setting));
    return options;
  }

  private static String name(Setting<?> setting) {
    return setting.on(Surface.COMMAND_LINE);
  }

  private <T> OptionSpec option(Setting<T> setting) {
    ValueType<T> type = setting.type();
    OptionSpec.Builder option =
        OptionSpec.builder(name(setting))
            .description(description(setting))
            .setter(
                new ISetter() {
                  @Override
                  public <V> V set(V value) {
                    take(setting, value);
                    return value;
                  }
                });
    if (type instanceof ValueType.Flag) {
      return option.type(Boolean.class).arity("0").build();
    }
    words(type).ifPresent(option::completionCandidates);
    return option
        .type(Object.class)
        .converters(text -> checked(type, text))
        .paramLabel(setting.label())
        .build();
  }

  /** Nothing before a command line is parsed, and again before the next. */
  private <T> void take(Setting<T> setting, Object value) {
    if (value == null || Boolean.FALSE.equals(value)) {
      given.remove(setting.name());
    } else {
      T typed = setting.type().parse(String.valueOf(value));
      given.put(setting.name(), values -> values.with(setting, typed));
    }
  }

  /** The text of an option as soon as it is read: with all others' mistakes. */
  private static <T> String checked(ValueType<T> type, String text) {
    try {
      return type.text(type.parse(text));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<List<String>> words(ValueType<?> type) {
    return type instanceof ValueType.Words<?> words
        ? Optional.of(words.choices().known().stream().map(Choice::optionName).toList())
        : Optional.empty();
  }

  private static String[] description(Setting<?> setting) {
    String fallback = setting.defaultText().replace("%", "%%");
    String text = setting.sentence().replace("%", "%%");
    if (fallback.isEmpty() || setting.type() instanceof ValueType.Flag) {
      return new String[] {text};
    }
    String last = "Default: " + fallback;
    return fallback.length() > LONG ? new String[] {text, last} : new String[] {text + " " + last};
  }
}
