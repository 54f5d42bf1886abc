package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import io.mobilenetspark.testing.Witnesses;
import io.mobilenetspark.testing.Witnesses.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting reaches the function: none could be left at its default without being missed. */
class SqlWitnessTest {

  /** Those that are shown by requests, or by none, in {@link FixedSettingsTest}; and below. */
  private static final Set<String> ELSEWHERE =
      Set.of("offline", "allowedModels", "batchSize", "classifier");

  @TempDir private static Path directory;
  private static List<Witness> witnesses;

  @BeforeAll
  static void makeWitnesses() throws IOException {
    SparkTestSession.get();
    witnesses = Witnesses.all(directory, TinyNetwork::export);
  }

  static List<Witness> witnesses() {
    return witnesses;
  }

  private static String outcome(Map<String, String> settings, Witnesses.Picture picture) {
    SparkSession spark = SparkTestSession.get().newSession();
    SparkConf start = spark.sparkContext().conf();
    Set<String> fixed =
        SqlSettings.FIXED.stream().map(ConfEntries::key).collect(Collectors.toSet());
    try {
      settings.forEach(
          (name, value) -> {
            String key = ConfEntries.PREFIX + name;
            if (fixed.contains(key)) {
              start.set(key, value);
            } else {
              spark.conf().set(key, value);
            }
          });
      spark
          .createDataFrame(
              List.of(RowFactory.create(1, picture.bytes())),
              StructType.fromDDL("id INT, image BINARY"))
          .createOrReplaceTempView("witness");
      Row row =
          spark.sql("SELECT e.* FROM (SELECT mobilenet_embed(image) AS e FROM witness)").head();
      return Witnesses.outcome(row.getAs("status"), row.getAs("features"));
    } catch (Exception e) { // Spark's are checked, and not declared
      return Witnesses.outcome(e);
    } finally {
      fixed.forEach(start::remove);
    }
  }

  @OneIn(4)
  @ParameterizedTest
  @MethodSource("witnesses")
  void changes(Witness witness) {
    String without = outcome(witness.others(), witness.image());
    String with = outcome(witness.with(), witness.image());

    assertThat(with).isNotEqualTo(without).contains(witness.expected());
  }

  @Test
  void everySettingHasOne() {
    Set<String> names = new TreeSet<>(ELSEWHERE);
    witnesses.forEach(witness -> names.add(witness.setting()));
    assertThat(ConfEntries.ALL)
        .extracting(entry -> entry.key().substring(ConfEntries.PREFIX.length()))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void batchSizeIsTheNumberOfImagesInARun() {
    SparkSession spark = SparkTestSession.get().newSession();
    spark.conf().set("spark.mobilenet.model", directory.resolve("slim").toString());
    spark.conf().set("spark.mobilenet.imageSize", "32");
    spark.conf().set("spark.mobilenet.batchSize", "3");
    long before = TaskEmbedder.runsOfThisJvm();
    spark
        .range(0, 10, 1, 1)
        .selectExpr("mobilenet_embed(encode(string(id), 'UTF-8')).status")
        .collectAsList();
    assertThat(TaskEmbedder.runsOfThisJvm() - before).isEqualTo(4);
    for (String all : List.of("2147483647", "1073741824", "536870912")) {
      spark.conf().set("spark.mobilenet.batchSize", all);
      assertThat(
              spark
                  .range(0, 10, 1, 1)
                  .selectExpr("mobilenet_embed(encode(string(id), 'UTF-8')).status")
                  .collectAsList())
          .as(all)
          .hasSize(10);
    }
  }
}
