package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Options that take a word: picocli's own reading of enums names neither the nearest nor all. */
public final class OptionWords {

  private OptionWords() {}

  /** Makes a command and those below it read words as settings and parameters are read. */
  public static void register(CommandLine command) {
    types(command).forEach(type -> register(command, choices(type)));
  }

  /** The enums of its options, and of those of the commands below it. */
  private static Set<Class<?>> types(CommandLine command) {
    Stream<Class<?>> own =
        command.getCommandSpec().options().stream()
            .flatMap(
                option ->
                    Stream.concat(Stream.of(option.type()), Stream.of(option.auxiliaryTypes())))
            .filter(type -> type.isEnum() && Choice.class.isAssignableFrom(type));
    Stream<Class<?>> below =
        command.getSubcommands().values().stream().flatMap(other -> types(other).stream());
    return Stream.concat(own, below).collect(Collectors.toSet());
  }

  /** Each enum of choices has its words in a constant. */
  private static Choices<?> choices(Class<?> type) {
    try {
      return (Choices<?>) type.getField("CHOICES").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " has no public constant CHOICES", e);
    }
  }

  private static <E extends Enum<E> & Choice> void register(
      CommandLine command, Choices<E> choices) {
    command.registerConverter(
        choices.type(),
        word -> {
          try {
            return choices.parse(word);
          } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
          }
        });
  }
}
