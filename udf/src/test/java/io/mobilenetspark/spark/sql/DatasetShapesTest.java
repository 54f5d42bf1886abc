package io.mobilenetspark.spark.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.spark.sql.Differential.Result;
import io.mobilenetspark.spark.sql.Differential.Setting;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.OneIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Queries of the Dataset API, against plain UDFs. */
class DatasetShapesTest {

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

  static List<DatasetShapes.Shape> shapes() {
    return DatasetShapes.all();
  }

  @OneIn(value = 10, share = 3)
  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void givesWhatPlainFunctionsGive(DatasetShapes.Shape shape) {
    Random random = new Random(Cases.seed(DatasetShapesTest.class) + shape.name().hashCode());
    List<Setting> settings = new ArrayList<>(Setting.all());
    java.util.Collections.shuffle(settings, random);
    for (Setting setting : settings.subList(0, Cases.count(1, 2, settings.size()))) {
      Result expected = requireNonNull(differential).runOracle(shape.query(), setting);
      Result actual = requireNonNull(differential).run(shape.query(), setting);
      assertThat(expected.error()).as("the oracle's, with %s", setting).isNull();
      assertThat(actual.error()).as(setting.toString()).isNull();
      assertThat(actual.rows())
          .as(setting.toString())
          .containsExactlyInAnyOrderElementsOf(expected.rows());
    }
  }
}
