package io.mobilenetspark.spark.sql;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.spark.TaskEmbedder;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Runs a query twice, with the functions and with {@link QueryOracle}'s, and compares: on a table
 * with repeated images, NULLs and images that can't be read. The network is a narrow one.
 */
final class Differential implements AutoCloseable {

  private static final String DATABASE = "differential";
  private static final int SIDE = 32;

  private final SparkSession root;
  private final String model;
  private final String otherModel;

  private Sessions sessions = (whose, setting) -> session(setting);

  /** Makes the models and the tables. */
  Differential(Path directory) {
    root = SparkTestSession.get();
    model = tinyModel(directory.resolve("model"), 1);
    otherModel = tinyModel(directory.resolve("other"), 2);
    QueryOracle.register(model, SIDE);
    SparkSession spark = root.newSession();
    spark.sql("DROP DATABASE IF EXISTS " + DATABASE + " CASCADE");
    spark.sql(
        String.format(
            Locale.ROOT,
            "CREATE DATABASE %s LOCATION '%s'",
            DATABASE,
            directory.resolve("tables")));
    spark.sql("USE " + DATABASE);
    Dataset<Row> photos = spark.createDataFrame(photos(), PHOTOS);
    photos.repartitionByRange(2, photos.col("id")).write().saveAsTable("photos");
    spark.createDataFrame(shops(), SHOPS).coalesce(1).write().saveAsTable("shops");
    spark.createDataFrame(List.of(), SHOPS).write().saveAsTable("nothing");
  }

  private static String tinyModel(Path directory, long seed) {
    new ModelExporter(new Configuration())
        .export(
            TinyNetwork.of(0.01, 0, seed),
            new ExportFacts(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE), 0.997, 4e-5),
            ExportFormat.SLIM,
            ExportHead.AUTO,
            directory.toString(),
            ModelExporter.IfExists.OVERWRITE);
    return directory.toString();
  }

  private static final StructType PHOTOS =
      StructType.fromDDL(
          "id INT, name STRING, category STRING, price INT, content BINARY, old ARRAY<FLOAT>,"
              + " images ARRAY<BINARY>, tags MAP<STRING, BINARY>,"
              + " file STRUCT<path: STRING, content: BINARY>, day DATE");
  private static final StructType SHOPS =
      StructType.fromDDL("k INT, category STRING, photo INT, content BINARY");

  private static List<Row> photos() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      List<byte[]> images = new ArrayList<>();
      for (int j = 0; j < i % 4; j++) {
        images.add(image((i + j) % 9));
      }
      rows.add(
          RowFactory.create(
              i,
              i % 5 == 4 ? String.valueOf(i) : "name" + i % 6,
              i == 11 ? null : List.of("cat", "dog", "cow").get(i % 3),
              i % 4 == 1 ? null : (Integer) (i % 7),
              image(i % 10),
              i % 3 == 0 ? null : floats(i),
              i == 7 ? null : images,
              Map.of("front", new byte[] {(byte) i}, i % 2 == 0 ? "back" : "side", png(i % 3)),
              i == 9 ? null : RowFactory.create("/p" + i, image((i + 3) % 10)),
              Date.valueOf(LocalDate.of(2026, 1, 1 + i))));
    }
    return rows;
  }

  private static List<Row> shops() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      rows.add(
          RowFactory.create(
              i,
              List.of("cat", "dog", "fox").get(i % 3),
              i == 5 ? null : (Integer) (i * 2),
              image(i)));
    }
    return rows;
  }

  /** The first six are different pictures; then come one of the first again and bad ones. */
  private static byte @Nullable [] image(int number) {
    return switch (number) {
      case 6 -> png(1);
      case 7 -> new byte[] {1, 2, 3};
      case 8 -> Arrays.copyOf(png(2), 60);
      case 9 -> null;
      default -> png(number);
    };
  }

  private static byte[] png(int number) {
    return Pictures.png(number);
  }

  private static List<Float> floats(int seed) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      floats.add((float) (seed * i % 5));
    }
    return floats;
  }

  /** How a session plans and runs; the rule where it stands with the extensions or at the end. */
  record Setting(boolean codegen, boolean adaptive, boolean ansi, boolean late) {
    static final Setting DEFAULT = new Setting(true, true, true, false);

    /** All; codegen and adaptive execution change fastest, and the first is the default. */
    static List<Setting> all() {
      List<Setting> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        all.add(new Setting((i & 1) == 0, (i & 2) == 0, (i & 4) == 0, (i & 8) != 0));
      }
      return all;
    }
  }

  /** The rule under another name, as one of a session's own optimizations. */
  private static final class LateRule extends Rule<LogicalPlan> {
    @Override
    public LogicalPlan apply(LogicalPlan plan) {
      return new ExtractMobileNet().apply(plan);
    }
  }

  /** Which session a query runs in. */
  private interface Sessions {
    SparkSession of(String whose, Setting setting);
  }

  /**
   * For queries alone, which leave nothing in their session: one a setting. Spark keeps every
   * session for ever, and thousands of them fill the heap.
   */
  Differential withFewSessions() {
    Map<List<Object>, SparkSession> kept = new HashMap<>();
    sessions =
        (whose, setting) ->
            kept.computeIfAbsent(List.of(whose, setting), ignored -> session(setting));
    return this;
  }

  /** A session of its own. */
  SparkSession session(Setting setting) {
    SparkSession spark = root.newSession();
    spark.sql("USE " + DATABASE);
    spark.conf().set("spark.mobilenet.model", model);
    spark.conf().set("spark.mobilenet.imageSize", String.valueOf(SIDE));
    spark.conf().set("spark.mobilenet.batchSize", "4");
    spark.conf().set("spark.sql.codegen.wholeStage", setting.codegen());
    spark
        .conf()
        .set("spark.sql.codegen.factoryMode", setting.codegen() ? "CODEGEN_ONLY" : "NO_CODEGEN");
    spark.conf().set("spark.sql.adaptive.enabled", setting.adaptive());
    spark.conf().set("spark.sql.ansi.enabled", setting.ansi());
    if (setting.late()) {
      spark.conf().set("spark.sql.optimizer.excludedRules", ExtractMobileNet.class.getName());
      ((org.apache.spark.sql.classic.SparkSession) spark)
          .experimental()
          .extraOptimizations_$eq(Scala.seq(List.of(new LateRule())));
    }
    return spark;
  }

  /** What a query came to: its rows, each as a text that has every bit, or an error. */
  record Result(List<String> rows, @Nullable String error, long images) {}

  /** A query in both forms. */
  interface Query {
    Dataset<Row> of(SparkSession spark, String features, String embed, String otherModel);
  }

  Result run(Query query, Setting setting) {
    return run(
        sessions.of("ours", setting),
        spark -> query.of(spark, "mobilenet_features", "mobilenet_embed", otherModel));
  }

  Result runOracle(Query query, Setting setting) {
    return run(
        sessions.of("oracle", setting),
        spark -> {
          // Its plans are Spark's own, and checking them after each rule takes most of the time.
          spark.conf().set("spark.sql.planChangeValidation", false);
          return query.of(spark, QueryOracle.FEATURES, QueryOracle.EMBED, otherModel);
        });
  }

  private Result run(SparkSession spark, Function<SparkSession, Dataset<Row>> query) {
    long images = TaskEmbedder.imagesOfThisJvm();
    try {
      List<String> rows =
          query.apply(spark).collectAsList().stream().map(Differential::text).toList();
      return new Result(rows, null, TaskEmbedder.imagesOfThisJvm() - images);
    } catch (Exception e) {
      return new Result(List.of(), error(e), 0);
    } finally {
      spark.catalog().clearCache();
      spark.sql("DROP TABLE IF EXISTS made");
      spark.sql("DROP VIEW IF EXISTS pw");
      spark.sql("DROP VIEW IF EXISTS pv");
    }
  }

  private static String error(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkThrowable spark
          && spark.getCondition() != null
          && !spark.getCondition().equals("INTERNAL_ERROR")
          && !spark.getCondition().equals("FAILED_EXECUTE_UDF")) {
        return spark.getCondition()
            + ": "
            + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      }
    }
    return thrown.toString().lines().limit(3).toList().toString();
  }

  /** SQL with f(), e() and {other}; more than one statement are divided by semicolons. */
  static Query sql(String text) {
    List<String> statements =
        Arrays.stream(text.split(";\\s*(\n|$)"))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .toList();
    return (spark, features, embed, other) -> {
      Dataset<Row> last = null;
      for (String statement : statements) {
        last =
            spark.sql(
                statement
                    .replaceAll("\\bf\\(", features + "(")
                    .replaceAll("\\be\\(", embed + "(")
                    .replace("concat('{oth', 'er}')", "'" + other + "'")
                    .replace("{other}", other));
      }
      if (last == null) {
        throw new IllegalArgumentException("no statement in " + text);
      }
      return last;
    };
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "NULL";
    } else if (value instanceof Float number) {
      return number + "f" + Integer.toHexString(Float.floatToRawIntBits(number));
    } else if (value instanceof Double number) {
      return number + "d" + Long.toHexString(Double.doubleToRawLongBits(number));
    } else if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    } else if (value instanceof Row row) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        fields.add(text(row.get(i)));
      }
      return fields.toString();
    } else if (value instanceof scala.collection.Map<?, ?> map) {
      return CollectionConverters.asJava(map).entrySet().stream()
          .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
          .sorted()
          .toList()
          .toString();
    } else if (value instanceof scala.collection.Seq<?> seq) {
      return CollectionConverters.asJava(seq).stream().map(Differential::text).toList().toString();
    }
    return value.toString();
  }

  @Override
  public void close() {
    root.newSession().sql("DROP DATABASE IF EXISTS " + DATABASE + " CASCADE");
  }
}
