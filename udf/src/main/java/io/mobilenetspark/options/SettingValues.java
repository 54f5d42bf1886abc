package io.mobilenetspark.options;

import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of settings, wherever they were set. Those that were not have their defaults.
 * Immutable.
 */
public final class SettingValues implements Serializable {
  private static final long serialVersionUID = 1;

  private static final SettingValues NONE = new SettingValues(Map.of(), Map.of());

  /** By the settings' names. */
  private final TreeMap<String, Object> values;

  /** Instead of the settings' own defaults. */
  private final TreeMap<String, Object> defaults;

  private SettingValues(Map<String, Object> values, Map<String, Object> defaults) {
    this.values = new TreeMap<>(values);
    this.defaults = new TreeMap<>(defaults);
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
    return new SettingValues(more, defaults);
  }

  /**
   * These with another default: it is a setting's value as long as none is set.
   *
   * @throws IllegalArgumentException if the setting does not take it
   */
  public <T> SettingValues withDefault(Setting<T> setting, T value) {
    TreeMap<String, Object> more = new TreeMap<>(defaults);
    more.put(setting.name(), setting.type().checked(value));
    return new SettingValues(values, more);
  }

  /** These, and others, which count where both have a setting. */
  public SettingValues with(SettingValues others) {
    TreeMap<String, Object> more = new TreeMap<>(values);
    more.putAll(others.values);
    TreeMap<String, Object> otherwise = new TreeMap<>(defaults);
    otherwise.putAll(others.defaults);
    return new SettingValues(more, otherwise);
  }

  /** Whether a setting was set. */
  public boolean has(Setting<?> setting) {
    return values.containsKey(setting.name());
  }

  /** A setting's value; none if it was not set and has no default. */
  @SuppressWarnings("unchecked") // a setting has values of its type alone
  public <T> Optional<T> find(Setting<T> setting) {
    Object value = values.getOrDefault(setting.name(), defaults.get(setting.name()));
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
    return other instanceof SettingValues them
        && them.values.equals(values)
        && them.defaults.equals(defaults);
  }

  @Override
  public int hashCode() {
    return Objects.hash(values, defaults);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
