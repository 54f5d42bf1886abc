package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.testing.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import org.junit.jupiter.api.Test;

/** Every setting that takes a word: as typed, in any case, and misspelt. */
class SettingWordsTest {

  @Test
  void settings() {
    Map<String, List<String>> words = new TreeMap<>();
    for (ConfigEntry<?> entry : ConfEntries.ALL) {
      List<String> ofEntry = Refusal.check(entry.key(), word -> problem(entry, word));
      if (!ofEntry.isEmpty()) {
        words.put(entry.key().substring(ConfEntries.PREFIX.length()), ofEntry);
      }
    }
    assertThat(words)
        .containsOnlyKeys(
            "alpha",
            "aspect",
            "colorProfile",
            "decodeScale",
            "executionPath",
            "exifOrientation",
            "mode",
            "precision",
            "resize")
        .containsEntry("mode", List.of("PERMISSIVE", "FAILFAST"));
  }

  /** Only where there is no default, for what has one is set to it. */
  @Test
  void emptyTextsTakeBack() {
    assertThat(ConfEntries.isNothing(" ", ModelSettings.MODEL_MIRROR)).isTrue();
    assertThat(ConfEntries.isNothing("x", ModelSettings.MODEL_MIRROR)).isFalse();
    assertThat(ConfEntries.isNothing(" ", ModelSettings.DOWNLOAD_TIMEOUT)).isFalse();
  }

  /** Through what SET calls. */
  private static String problem(ConfigEntry<?> entry, String word) {
    SQLConf conf = new SQLConf();
    try {
      conf.setConfString(entry.key(), word);
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
