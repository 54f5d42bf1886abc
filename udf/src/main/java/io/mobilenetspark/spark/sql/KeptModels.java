package io.mobilenetspark.spark.sql;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values by key: those that were used last, and each that somebody still holds. Safe for use by
 * many threads; a value is made once, by one of those that ask for it, and others are made
 * meanwhile.
 *
 * @param <K> has value semantics
 * @param <V> is costly to make
 */
final class KeptModels<K, V> {

  private final Map<K, V> lastUsed;
  private final Map<K, WeakReference<V>> held = new HashMap<>();
  private final Map<K, CompletableFuture<V>> beingMade = new HashMap<>();

  /**
   * @param most values that are kept though nobody else holds them
   */
  KeptModels(int most) {
    lastUsed =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /**
   * The key's value.
   *
   * @param make called if there is none; what it throws is thrown to all that wait, and not kept
   */
  V get(K key, Supplier<V> make) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> others;
    synchronized (this) {
      V known = find(key);
      if (known != null) {
        lastUsed.put(key, known);
        return known;
      }
      others = beingMade.putIfAbsent(key, mine);
    }
    if (others != null) {
      return await(others);
    }
    try {
      V made = make.get();
      synchronized (this) {
        beingMade.remove(key);
        held.values().removeIf(value -> value.get() == null);
        held.put(key, new WeakReference<>(made));
        lastUsed.put(key, made);
      }
      mine.complete(made);
      return made;
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        beingMade.remove(key);
      }
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private @Nullable V find(K key) {
    WeakReference<V> value = held.get(key);
    return value == null ? null : value.get();
  }

  private static <V> V await(CompletableFuture<V> value) {
    try {
      return value.join();
    } catch (CompletionException e) {
      throw Unchecked.<RuntimeException>rethrow(e.getCause() == null ? e : e.getCause());
    }
  }

  /** Values that are kept though nobody else may hold them. */
  synchronized int size() {
    return lastUsed.size();
  }
}
