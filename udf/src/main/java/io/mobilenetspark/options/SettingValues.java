package io.mobilenetspark.options;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of settings, wherever they were set. Those that were not have their defaults.
 * Immutable.
 */
public final class SettingValues implements Serializable {
  private static final long serialVersionUID = 1;

  private static final SettingValues NONE = new SettingValues(new TreeMap<>());

  /** By the settings' names. */
  private final TreeMap<String, Object> values;

  private SettingValues(Map<String, Object> values) {
    this.values = new TreeMap<>(values);
  }

  /** Nothing is set. */
  public static SettingValues none() {
    return NONE;
  }

  /**
   * These and another.
   *
   * @throws IllegalArgumentException if the setting does not take it
   */
  public <T> SettingValues with(Setting<T> setting, T value) {
    TreeMap<String, Object> more = new TreeMap<>(values);
    more.put(setting.name(), setting.type().checked(value));
    return new SettingValues(more);
  }

  /** These, and others, which count where both have a setting. */
  public SettingValues with(SettingValues others) {
    TreeMap<String, Object> more = new TreeMap<>(values);
    more.putAll(others.values);
    return new SettingValues(more);
  }

  /** Whether a setting was set. */
  public boolean has(Setting<?> setting) {
    return values.containsKey(setting.name());
  }

  /** A setting's value; none if it was not set and has no default. */
  @SuppressWarnings("unchecked") // a setting has values of its type alone
  public <T> Optional<T> find(Setting<T> setting) {
    Object value = values.get(setting.name());
    return value == null ? setting.defaultValue() : Optional.of((T) value);
  }

  /**
   * A setting's value.
   *
   * @throws IllegalStateException if it was not set and has no default
   */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting.name() + " is not set"));
  }

  /** Values that were set are equal; a default that was set is not one that was not. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SettingValues them && them.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
