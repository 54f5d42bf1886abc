package io.mobilenetspark.jobs;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Statements with calls on a table of another format, in a session with that format's extension and
 * ours. Each is followed by a look at the table: its vectors must be those of a plain query, bit
 * for bit. The view {@code photos} has the rows 1 to 12, of which 11 is no image and 12 is NULL.
 */
public final class TableFormatsMain {

  private TableFormatsMain() {}

  /**
   * Arguments: folder of photographs, the three statements of the docs' recipe, then names of
   * tables, each with its format.
   */
  public static void main(String[] args) throws Exception {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      spark.sql(
          String.format(
              Locale.ROOT,
              "CREATE TEMPORARY VIEW photos AS SELECT CAST(right(path, 6) AS STRING) AS name,"
                  + " CAST(substr(path, -6, 2) AS INT) AS id,"
                  + " if(path LIKE '%%12.png', NULL, content) AS image FROM binaryFile.`%s`",
              args[0]));
      Map<Integer, List<Float>> plain =
          vectors(spark, "SELECT id, mobilenet_features(image) AS v FROM photos");
      String[] recipe = Arrays.copyOfRange(args, 1, 4);
      for (int i = 4; i < args.length; i += 2) {
        statements(spark, args[i], args[i + 1], plain);
        recipe(spark, recipe, args[i], args[i + 1]);
      }
    }
  }

  /**
   * The docs' recipe: photographs change, come and go, and the table follows. One that stays the
   * same has content that can't be read, which would end the MERGE if it were computed.
   */
  private static void recipe(SparkSession spark, String[] statements, String table, String format) {
    String name = table + "_recipe";
    photographs(spark, "id <= 4", "image", 1);
    Map<Integer, List<Float>> first =
        vectors(spark, "SELECT CAST(path AS INT), mobilenet_features(content) FROM photographs");
    spark.sql(of(statements[0], name, format));
    String version = "0";
    if (format.equals("iceberg")) {
      spark.sql("ALTER TABLE " + name + " CREATE TAG first");
      version = "'first'";
    }
    check(name + " CTAS", first, vectors(spark, "SELECT CAST(path AS INT), features FROM " + name));

    photographs(spark, "id IN (1, 5, 6, 7)", "IF(id = 1, X'00', image)", 2);
    spark.sql("SET spark.mobilenet.mode=FAILFAST");
    spark.sql(of(statements[1], name, format));
    spark.sql("SET spark.mobilenet.mode=PERMISSIVE");
    Map<Integer, List<Float>> expected =
        vectors(
            spark,
            "SELECT IF(id = 7, 2, id), mobilenet_features(image) FROM photos"
                + " WHERE id IN (1, 5, 6, 7)");
    check(
        name + " MERGE",
        expected,
        vectors(spark, "SELECT CAST(path AS INT), features FROM " + name));
    String travel = of(statements[2], name, format).replace("AS OF 0", "AS OF " + version);
    check(
        name + " VERSION AS OF",
        first,
        vectors(spark, "SELECT CAST(path AS INT), features FROM (" + travel + ")"));
  }

  private static String of(String statement, String table, String format) {
    return statement
        .replace("vectors", table)
        .replace("USING delta", "USING " + format)
        .replace("photos", "photographs");
  }

  /** What there is on a day. Photograph 1 is of the first; 7 is what becomes of 2. */
  private static void photographs(SparkSession spark, String where, String content, int day) {
    spark.sql(
        String.format(
            Locale.ROOT,
            "CREATE OR REPLACE TEMPORARY VIEW photographs AS"
                + " SELECT CAST(IF(id = 7, 2, id) AS STRING) AS path,"
                + " make_timestamp(2026, 1, IF(id = 1, 1, %d), 0, 0, 0) AS modificationTime,"
                + " %s AS content FROM photos WHERE %s",
            day,
            content,
            where));
  }

  private static Map<Integer, List<Float>> vectors(SparkSession spark, String query) {
    Map<Integer, List<Float>> vectors = new TreeMap<>();
    for (Row row : spark.sql(query).collectAsList()) {
      List<Float> vector = row.isNullAt(1) ? List.of() : new ArrayList<>(row.getList(1));
      if (vectors.put(row.getInt(0), vector) != null) {
        throw new IllegalStateException("twice: " + row.getInt(0));
      }
    }
    return vectors;
  }

  private static void statements(
      SparkSession spark, String table, String format, Map<Integer, List<Float>> plain) {
    String read = "SELECT id, v FROM " + table;
    Map<Integer, List<Float>> expected = new TreeMap<>();

    spark.sql(
        String.format(
            Locale.ROOT,
            "CREATE TABLE %s USING %s AS SELECT id, name, image, mobilenet_features(image) AS v"
                + " FROM photos WHERE id <= 4 AND mobilenet_features(image) IS NOT NULL",
            table,
            format));
    List.of(1, 2, 3, 4).forEach(id -> expected.put(id, of(plain, id)));
    check(table + " CTAS", expected, vectors(spark, read));

    spark.sql(
        String.format(
            Locale.ROOT,
            "INSERT INTO %s SELECT id, name, image, mobilenet_features(image) FROM photos"
                + " WHERE id IN (5, 11, 12)",
            table));
    List.of(5, 11, 12).forEach(id -> expected.put(id, of(plain, id)));
    check(table + " INSERT", expected, vectors(spark, read));

    spark.sql(
        String.format(
            Locale.ROOT,
            "INSERT INTO %s BY NAME SELECT mobilenet_embed(image).features AS v, image, name, id"
                + " FROM photos WHERE id = 6",
            table));
    expected.put(6, of(plain, 6));
    check(table + " INSERT BY NAME", expected, vectors(spark, read));

    spark.sql(
        String.format(
            Locale.ROOT,
            "DELETE FROM %s WHERE mobilenet_embed(image).status = 'UNSUPPORTED_FORMAT'",
            table));
    expected.remove(11);
    check(table + " DELETE", expected, vectors(spark, read));

    spark.sql(
        String.format(
            Locale.ROOT,
            "UPDATE %s SET v = transform(mobilenet_features(image), x -> -x)"
                + " WHERE id < 3 AND mobilenet_features(image)[0] >= 0",
            table));
    for (int id : new int[] {1, 2}) {
      expected.put(id, of(plain, id).stream().map(x -> -x).toList());
    }
    check(table + " UPDATE", expected, vectors(spark, read));

    spark.sql(
        String.format(
            Locale.ROOT,
            "MERGE INTO %s t USING photos p ON t.id = p.id"
                + " WHEN MATCHED AND mobilenet_features(t.image)[1] > t.v[1] AND t.id = 1"
                + " THEN UPDATE SET v = mobilenet_features(p.image)"
                + " WHEN MATCHED AND mobilenet_embed(p.image).status = 'OK' AND t.id = 3 THEN DELETE"
                + " WHEN NOT MATCHED AND mobilenet_features(p.image) IS NOT NULL"
                + " THEN INSERT (id, name, image, v)"
                + " VALUES (p.id, p.name, p.image, mobilenet_features(p.image))",
            table));
    if (of(plain, 1).get(1) > -of(plain, 1).get(1)) {
      expected.put(1, of(plain, 1));
    }
    expected.remove(3);
    List.of(7, 8, 9, 10).forEach(id -> expected.put(id, of(plain, id)));
    check(table + " MERGE", expected, vectors(spark, read));

    check(
        table + " read",
        expected.keySet().stream()
            .collect(TreeMap::new, (map, id) -> map.put(id, of(plain, id)), TreeMap::putAll),
        vectors(spark, "SELECT id, mobilenet_features(image) AS v FROM " + table));
  }

  private static List<Float> of(Map<Integer, List<Float>> plain, int id) {
    return requireNonNull(plain.get(id));
  }

  private static void check(
      String what, Map<Integer, List<Float>> expected, Map<Integer, List<Float>> actual) {
    if (!expected.equals(actual)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "%s: %s instead of %s", what, actual.keySet(), expected.keySet()));
    }
    System.out.println(what + " gives the same vectors, rows " + actual.keySet());
  }
}
