package io.mobilenetspark.jobs.cli;

import io.mobilenetspark.image.AlphaMode;
import io.mobilenetspark.image.AspectMode;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.CropMode;
import io.mobilenetspark.image.DecodeScale;
import io.mobilenetspark.image.ExifOrientation;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.jobs.cli.IncrementalOptions.Deleted;
import io.mobilenetspark.jobs.cli.IncrementalOptions.Retry;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.model.ExecutionPath;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter.IfExists;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.MalformedMode;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Options that take a word: picocli's own reading of enums names neither the nearest nor all. */
public final class OptionWords {

  private static final List<Choices<?>> ALL =
      List.of(
          AlphaMode.CHOICES,
          AspectMode.CHOICES,
          ColorProfile.CHOICES,
          CropMode.CHOICES,
          DecodeScale.CHOICES,
          Deleted.CHOICES,
          ExecutionPath.CHOICES,
          ExifOrientation.CHOICES,
          ExportFormat.CHOICES,
          ExportHead.CHOICES,
          IfExists.CHOICES,
          MalformedMode.CHOICES,
          OutputMode.CHOICES,
          Precision.CHOICES,
          ResizeMethod.CHOICES,
          Retry.CHOICES);

  private OptionWords() {}

  /** Makes a command and those below it read words as settings and parameters are read. */
  public static void register(CommandLine command) {
    ALL.forEach(choices -> register(command, choices));
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
