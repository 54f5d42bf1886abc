package io.mobilenetspark.model.export;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** The format in which a model is written. */
@PublicApi
public enum ExportFormat implements Choice {
  /** Reusable SavedModel with {@code serving_default}; for hub.KerasLayer, hub.load and serving. */
  TF2,
  /** {@code hub.Module} with the tag sets {} and {"train"}. */
  HUB1,
  /** TF-Slim checkpoint. */
  SLIM;

  /** By their words. */
  @Internal
  public static final Choices<ExportFormat> CHOICES = Choices.of("format", ExportFormat.class);
}
