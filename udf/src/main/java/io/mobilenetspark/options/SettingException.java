package io.mobilenetspark.options;

import io.mobilenetspark.common.Internal;
import io.mobilenetspark.common.PublicApi;

/**
 * The values of settings don't go together, or not with a table. The message has the settings'
 * names as stages have them.
 */
@PublicApi
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final Cure text;

  /**
   * What is wrong, and what to do.
   *
   * @param format of {@link String#format}
   * @param arguments a {@link Setting} is written as each surface has it
   */
  @Internal
  public SettingException(String format, Object... arguments) {
    this(Cure.of(format, arguments));
  }

  private SettingException(Cure text) {
    super(text.on(Surface.STAGE));
    this.text = text;
  }

  /** A failure's message in the words of a surface. */
  @Internal
  public static String message(Throwable failure, Surface surface) {
    return failure instanceof SettingException of
        ? of.text.on(surface)
        : String.valueOf(failure.getMessage());
  }
}
