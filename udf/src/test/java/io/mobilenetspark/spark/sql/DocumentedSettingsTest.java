package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Docs;
import io.mobilenetspark.testing.SparkTestSession;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The docs' table of settings is that of the code, and the settings are the job's options. */
class DocumentedSettingsTest {

  private static final Pattern SETTING =
      Pattern.compile(
          "^\\| `spark\\.mobilenet\\.(?<name>\\w+)` \\| (`(?<value>[^`]*)`)?[^|]*\\|",
          Pattern.MULTILINE);

  private static final Pattern OPTION =
      Pattern.compile(
          "^\\| `--(?<name>[a-z0-9-]+)` \\| (`(?<value>[^`]*)`)?[^|]*\\|", Pattern.MULTILINE);

  private static final String UNDEFINED = "<undefined>";

  private static Map<String, String> rows(String heading, Pattern pattern) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    Matcher row = pattern.matcher(Docs.section("reference.md", heading));
    while (row.find()) {
      rows.put(row.group("name"), String.valueOf(row.group("value")));
    }
    return rows;
  }

  private static Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    for (ConfigEntry<?> entry : ConfEntries.ALL) {
      String value = entry.defaultValueString();
      entries.put(
          entry.key().substring(ConfEntries.PREFIX.length()),
          value.equals(UNDEFINED) ? "null" : value);
    }
    return entries;
  }

  @Test
  void settings() throws IOException {
    Map<String, String> documented = rows("## Settings of the SQL functions", SETTING);
    // These are the environment's.
    documented.replace("modelCache", "TFHUB_CACHE_DIR", "null");
    documented.replace("modelMirror", "MOBILENET_MODEL_MIRROR", "null");
    assertThat(documented).isEqualTo(entries());
  }

  /** One way to name and default a thing: {@code --max-side} is {@code maxSide}. */
  @Test
  void areTheJobsOptions() throws IOException {
    Map<String, String> options = rows("## Options of `embed`", OPTION);
    Map<String, String> entries = entries();
    entries.remove("allowedModels"); // who starts a job names its model himself
    entries.forEach(
        (name, value) -> {
          String option = name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
          assertThat(options).containsKey(option);
          boolean isFlag = value.equals("false");
          boolean isEnvironments = List.of("modelCache", "modelMirror").contains(name);
          if (!isFlag && !isEnvironments) {
            assertThat(options.get(option)).as(option).isEqualTo(value);
          }
        });
  }

  @Test
  void areListedBySpark() {
    assertThat(SparkTestSession.get().sql("SET -v").collectAsList())
        .extracting((Row row) -> row.getString(0))
        .containsAll(ConfEntries.ALL.stream().map(ConfigEntry::key).toList());
  }
}
