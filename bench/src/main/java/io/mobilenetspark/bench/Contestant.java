package io.mobilenetspark.bench;

import java.nio.file.Path;
import java.util.Optional;

/** Who takes part in {@link PeersBenchmark}. */
interface Contestant extends AutoCloseable {

  /** Embeds all photographs; images a second, from the order to the complete table. */
  double round() throws Exception;

  /** The Parquet table of the last round, with path and features; empty for who writes none. */
  default Optional<Path> table() {
    return Optional.empty();
  }

  /** What it is made of, as it says itself; empty if that is the benchmark's own. */
  default String versions() {
    return "";
  }

  @Override
  default void close() {}
}
