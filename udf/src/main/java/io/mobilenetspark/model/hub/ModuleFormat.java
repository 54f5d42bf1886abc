package io.mobilenetspark.model.hub;

import java.util.Locale;

/** What a model's files are. */
public enum ModuleFormat {
  /** TF1 {@code hub.Module}: graphs by tag set, variables by name, no saver. */
  HUB1,
  /** TF2 SavedModel with an object graph: functions, variables by path. */
  TF2,
  /** A TF-Slim training checkpoint: variables by name, no graph. */
  SLIM;

  /** The name that options, reports and metadata use. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
