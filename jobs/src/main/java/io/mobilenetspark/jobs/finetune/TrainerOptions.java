package io.mobilenetspark.jobs.finetune;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.ReadOptions;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The estimator's parameters as options. Names, descriptions, defaults and checks are the
 * estimator's own: {@code learningRate} is {@code --learning-rate}. What other options say, such as
 * {@code --image-column} and {@code --resize}, is left to them.
 */
final class TrainerOptions {

  /** Set by {@link InputOptions} and {@link ReadOptions}. */
  private static final Set<String> SET_ELSEWHERE =
      Set.of(
          "inputCol",
          "modelSha256",
          "resizeMethod",
          "exifOrientation",
          "alpha",
          "cropFraction",
          "aspect",
          "decodeScale",
          "colorProfile",
          "maxBytes",
          "maxPixels",
          "maxSide",
          "maxFrames");

  /** Those whose options are called as the other commands call them. */
  private static final Map<String, String> NAMES =
      Map.of("modelHandle", "--model", "validationIndicatorCol", "--validation-column");

  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private final Map<Param<?>, Object> values = new LinkedHashMap<>();
  private final MobileNetFineTuner tuner = new MobileNetFineTuner();
  private @Nullable CommandSpec command;

  /** Adds the options to a command that has some; picocli calls it before it parses. */
  static final class Transformer implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
      ((FinetuneCommand) command.userObject()).trainer().addTo(command);
      return command;
    }
  }

  private void addTo(CommandSpec to) {
    command = to;
    for (Param<?> param : tuner.params()) {
      if (!SET_ELSEWHERE.contains(param.name())) {
        to.addOption(option(param));
      }
    }
  }

  private OptionSpec option(Param<?> param) {
    OptionSpec.Builder option =
        OptionSpec.builder(optionName(param.name()))
            .type(type(param))
            .converters(text -> checked(param, text))
            .paramLabel(label(param))
            .description(description(param))
            .setter(
                new ISetter() {
                  @Override
                  public <T> T set(T value) {
                    values.put(param, value);
                    return value;
                  }
                });
    if (tuner.hasDefault(param)) {
      option.defaultValue(String.valueOf(tuner.getDefault(param).get()));
    }
    return option.build();
  }

  /** Such as {@code --learning-rate} of {@code learningRate}. */
  static String optionName(String param) {
    String name = NAMES.get(param);
    if (name != null) {
      return name;
    }
    String kebab = HUMP.matcher(param).replaceAll("-").toLowerCase(Locale.ROOT);
    return "--" + (kebab.endsWith("-col") ? kebab + "umn" : kebab);
  }

  private static Class<?> type(Param<?> param) {
    if (param instanceof IntParam) {
      return Integer.class;
    } else if (param instanceof LongParam) {
      return Long.class;
    }
    return param instanceof DoubleParam ? Double.class : String.class;
  }

  /** The value of an option's text, as soon as it is read: with all others' mistakes. */
  private Object checked(Param<?> param, String text) {
    try {
      Object value = value(type(param), text);
      tuner.set(param.name(), value);
      return value;
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          inOptions(
              String.valueOf(e.getMessage())
                  .replaceFirst("^Parameter " + param.name() + ":? ", "")));
    }
  }

  private static Object value(Class<?> type, String text) {
    try {
      if (type == Integer.class) {
        return Integer.valueOf(text);
      } else if (type == Long.class) {
        return Long.valueOf(text);
      }
      return type == Double.class ? Double.valueOf(text) : text;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is not a %s",
              text,
              type == Double.class ? "number" : "whole number in range"),
          e);
    }
  }

  private static String label(Param<?> param) {
    if (type(param) != String.class) {
      return param instanceof DoubleParam ? "X" : "N";
    }
    return param.name().endsWith("Col") ? "NAME" : "VALUE";
  }

  private String description(Param<?> param) {
    String doc = inOptions(param.doc());
    String text = doc.substring(0, 1).toUpperCase(Locale.ROOT) + doc.substring(1) + ".";
    return tuner.hasDefault(param) ? text + " Default: ${DEFAULT-VALUE}" : text;
  }

  /**
   * The estimator with the values that were given on the command line.
   *
   * @param images how images are read; their size is not used
   */
  MobileNetFineTuner tuner(ImageOptions images) {
    MobileNetFineTuner copy = new MobileNetFineTuner();
    ParseResult given =
        requireNonNull(command, "picocli calls addTo").commandLine().getParseResult();
    values.forEach(
        (param, value) -> {
          // To ask for a default is to ask for something: augmentation of a head alone, for one.
          if (given.hasMatchedOption(optionName(param.name()))) {
            copy.set(param.name(), value);
          }
        });
    return copy.setResizeMethod(images.resize().optionName())
        .setExifOrientation(images.orientation().optionName())
        .setAlpha(images.alpha().optionName())
        .setCropFraction(images.crop().fraction())
        .setAspect(images.aspect().optionName())
        .setDecodeScale(images.decodeScale().optionName())
        .setColorProfile(images.colorProfile().optionName())
        .setMaxBytes(images.limits().maxBytes())
        .setMaxPixels(images.limits().maxPixels())
        .setMaxSide(images.limits().maxSide())
        .setMaxFrames(images.limits().maxFrames());
  }

  /** A message of the estimator's in the command's words: {@code --batch-size}, not batchSize. */
  static String inOptions(String message) {
    String text = message;
    for (String name : Words.LONGEST_FIRST) {
      text = text.replaceAll("(?<![\\w-])" + name + "(?!\\w)", optionName(name));
    }
    return text;
  }

  /** Names of parameters that can't be meant as plain words. Made once: it takes a while. */
  private static final class Words {
    static final List<String> LONGEST_FIRST =
        Arrays.stream(new MobileNetFineTuner().params())
            .map(Param::name)
            .filter(name -> HUMP.matcher(name).find())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** All parameters' values by their options' names, for the report; the handle without secrets. */
  static Map<String, Object> described(MobileNetFineTuner tuner) {
    Map<String, Object> described = new LinkedHashMap<>();
    for (Param<?> param : tuner.params()) {
      if (tuner.isDefined(param)) {
        described.put(
            optionName(param.name()).substring(2).replace('-', '_'),
            param.name().equals("modelHandle")
                ? Redacted.handle(tuner.getModelHandle())
                : tuner.getOrDefault(param));
      }
    }
    return described;
  }
}
