package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.sql.Differential.Query;
import io.mobilenetspark.spark.sql.Differential.Result;
import io.mobilenetspark.spark.sql.Differential.Setting;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.OneIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The functions in every shape of query that Spark can plan, against plain UDFs. */
class QueryShapesTest {

  private static final Pattern NAME =
      Pattern.compile("(.*?)( \\(in order\\))?( \\(images (\\d+)\\))?( \\(since (\\d\\.\\d)\\))?");

  @TempDir private static Path directory;
  private static @Nullable Differential differential;

  @BeforeAll
  static void makeTables() {
    differential = new Differential(directory);
  }

  @AfterAll
  static void dropTables() {
    requireNonNull(differential).close();
  }

  /** One of the file. */
  record Shape(String name, boolean isOrdered, @Nullable Integer images, Query query) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (String part : ("\n" + text()).split("\n-- ", -1)) {
      int end = part.indexOf('\n', 1);
      Matcher name = NAME.matcher(part.substring(0, end));
      String statements = part.substring(end + 1).replaceAll("(?m)^---.*$", "");
      if (!statements.isBlank() && name.matches() && isOfThisSpark(name.group(6))) {
        shapes.add(
            new Shape(
                name.group(1),
                name.group(2) != null,
                name.group(4) == null ? null : Integer.valueOf(name.group(4)),
                Differential.sql(statements)));
      }
    }
    return shapes;
  }

  /** Whether this Spark has what came with a version. */
  private static boolean isOfThisSpark(@Nullable String since) {
    String version = org.apache.spark.package$.MODULE$.SPARK_VERSION();
    return since == null || version.compareTo(since) >= 0;
  }

  private static String text() {
    try (InputStream in = QueryShapesTest.class.getResourceAsStream("shapes.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereAreMoreThan150() {
    assertThat(shapes()).hasSizeGreaterThan(250);
    assertThat(shapes().stream().map(Shape::name)).doesNotHaveDuplicates();
  }

  @OneIn(value = 25, share = 6)
  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void givesWhatPlainFunctionsGive(Shape shape) {
    check(shape, Setting.DEFAULT);
  }

  /** A seeded choice of shapes and settings; in the exhaustive tier all of them. */
  @ParameterizedTest(name = "{0} with {1}")
  @MethodSource("shapesWithSettings")
  void givesTheSameWithOtherSettings(Shape shape, Setting setting) {
    check(shape, setting);
  }

  static List<Object[]> shapesWithSettings() {
    List<Object[]> all = new ArrayList<>();
    for (Shape shape : shapes()) {
      for (Setting setting : Setting.all().subList(1, Setting.all().size())) {
        all.add(new Object[] {shape, setting});
      }
    }
    int count = Cases.count(4, shapes().size() / 24, all.size());
    if (count < all.size()) {
      java.util.Collections.shuffle(all, new Random(Cases.seed(QueryShapesTest.class)));
    }
    return all.subList(0, count);
  }

  private static void check(Shape shape, Setting setting) {
    Result expected = requireNonNull(differential).runOracle(shape.query(), setting);
    Result actual = requireNonNull(differential).run(shape.query(), setting);
    if (setting.equals(Setting.DEFAULT)) {
      assertThat(expected.error()).as("the oracle's").isNull();
    }
    assertThat(actual.error()).isEqualTo(expected.error());
    if (shape.isOrdered()) {
      assertThat(actual.rows()).containsExactlyElementsOf(expected.rows());
    } else {
      assertThat(actual.rows()).containsExactlyInAnyOrderElementsOf(expected.rows());
    }
    if (shape.images() != null) {
      assertThat(actual.images()).as("images").isEqualTo(shape.images().longValue());
    }
  }
}
