package io.mobilenetspark.runtime;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Optional;

/**
 * Where JavaCPP unpacks native libraries.
 *
 * <p>It takes what is unpacked for stale if its time is not that in the jar. A jar has local times:
 * in each time zone another one. Processes of two zones that share a folder unpack over each other,
 * and one that loads a library while the other writes it dies of SIGBUS. So each zone has a folder
 * of its own; UTC has JavaCPP's.
 */
final class NativeCache {

  private static final Instant WINTER = Instant.parse("2025-01-01T00:00:00Z");
  private static final Instant SUMMER = Instant.parse("2025-07-01T00:00:00Z");

  private NativeCache() {}

  /** The folder for a zone, or nothing where it is JavaCPP's own. */
  static Optional<Path> folder(Path home, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    ZoneOffset winter = rules.getOffset(WINTER);
    ZoneOffset summer = rules.getOffset(SUMMER);
    if (winter.equals(ZoneOffset.UTC) && summer.equals(ZoneOffset.UTC)) {
      return Optional.empty();
    }
    String name = "utc" + name(winter) + (summer.equals(winter) ? "" : name(summer));
    return Optional.of(home.resolve(".javacpp").resolve("cache-" + name));
  }

  private static String name(ZoneOffset offset) {
    int minutes = Math.abs(offset.getTotalSeconds()) / 60;
    return String.format(
        Locale.ROOT,
        "%s%02d%02d",
        offset.getTotalSeconds() < 0 ? "-" : "+",
        minutes / 60,
        minutes % 60);
  }
}
