package io.mobilenetspark.options;

/** Where people set something; each place has its way of writing a setting's name. */
public enum Surface {
  /** Options of the commands: {@code --output-key}. */
  COMMAND_LINE,
  /** Settings of a Spark application: {@code spark.mobilenet.outputKey}. */
  SQL,
  /** Parameters of MLlib's stages, in Java and Python: {@code outputKey}. */
  STAGE
}
