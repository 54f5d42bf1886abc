package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that several columns name together, whose values joined to a text would be the same. */
class CompositeIdsTest extends IncrementalFixture {

  private static final String IDS = "--id-column=shop,sku";

  private static final StructType SKUS = skus(DataTypes.StringType, DataTypes.StringType);

  private static StructType skus(DataType shop, DataType sku) {
    return new StructType()
        .add("shop", shop)
        .add("sku", sku)
        .add("version", DataTypes.IntegerType)
        .add("image", DataTypes.BinaryType);
  }

  private static Row sku(@Nullable Object shop, @Nullable Object sku, int picture) {
    return RowFactory.create(shop, sku, picture, Pictures.png(picture));
  }

  /** Values of which pairs are the same one after the other, with and without something between. */
  private enum Types {
    TEXTS {
      @Override
      StructType schema() {
        return SKUS;
      }

      @Override
      Object shop(int value) {
        return List.of("a", "aa", "a,", "a|", "").get(value);
      }

      @Override
      Object sku(int value) {
        return List.of("a", "aa", ",a", "|a", "", "null").get(value);
      }
    },
    BYTES_AND_NUMBERS {
      @Override
      StructType schema() {
        return skus(DataTypes.BinaryType, DataTypes.LongType);
      }

      @Override
      Object shop(int value) {
        return "1".repeat(value).getBytes(StandardCharsets.UTF_8);
      }

      @Override
      Object sku(int value) {
        return List.of(1L, 11L, 111L, -1L, 0L, Long.MIN_VALUE).get(value);
      }
    },
    DAYS_AND_DECIMALS {
      @Override
      StructType schema() {
        return skus(DataTypes.DateType, DataTypes.createDecimalType(5, 2));
      }

      @Override
      Object shop(int value) {
        return Date.valueOf("2026-01-0" + (1 + value));
      }

      @Override
      Object sku(int value) {
        return new BigDecimal(value + ".50");
      }
    };

    static final int SHOPS = 5;
    static final int NUMBERS = 6;

    abstract StructType schema();

    abstract Object shop(int value);

    abstract Object sku(int value);
  }

  /** Against a model of the table: what each run finds, and what one full run would write. */
  @Tag("slow")
  @OneIn(value = 3, share = 3)
  @ParameterizedTest
  @EnumSource
  void roundsAreOneFullRun(Types types) throws IOException {
    Random random = new Random(Cases.seed(getClass()));
    Map<List<Integer>, Integer> before = Map.of();
    for (int round = 0; round < Cases.count(2, 8); round++) {
      Map<List<Integer>, Integer> now = changed(before, random);
      List<Row> rows = new ArrayList<>();
      now.forEach(
          (key, picture) -> rows.add(sku(types.shop(key.get(0)), types.sku(key.get(1)), picture)));
      String input = products(types.schema(), rows.toArray(Row[]::new));
      boolean isDeduplicated = round % 2 == 1;
      String[] options = {input, IDS, "--changed-by=sha256", "--deleted=remove"};
      Map<String, Integer> found =
          isDeduplicated
              ? found(input, IDS, "--changed-by=sha256", "--deleted=remove", "--dedup")
              : found(options);

      String description = types + ", round " + round + ": " + now;
      found.remove("computed");
      assertThat(found).as(description).isEqualTo(expected(before, now));
      Set<String> table = named();
      assertThat(table).as(description).hasSize(now.size()).isEqualTo(namedOfFullRun(options));
      Commands.run("verify", "--output=" + output, input, "--model=builtin").assertExitCode(0);
      before = now;
    }
  }

  private static Map<List<Integer>, Integer> changed(
      Map<List<Integer>, Integer> before, Random random) {
    Map<List<Integer>, Integer> now = new LinkedHashMap<>();
    for (int shop = 0; shop < Types.SHOPS; shop++) {
      for (int sku = 0; sku < Types.NUMBERS; sku++) {
        Integer old = before.get(List.of(shop, sku));
        int fate = random.nextInt(4);
        if (old != null && fate > 0) {
          now.put(List.of(shop, sku), fate == 1 ? old + 7 : old);
        } else if (old == null && fate > 1) {
          now.put(List.of(shop, sku), random.nextInt(7));
        }
      }
    }
    return now;
  }

  private static Map<String, Integer> expected(
      Map<List<Integer>, Integer> before, Map<List<Integer>, Integer> now) {
    Map<String, Integer> expected = new LinkedHashMap<>();
    now.forEach(
        (key, picture) -> {
          Integer old = before.get(key);
          String found = old == null ? "new" : old.equals(picture) ? "unchanged" : "changed";
          expected.merge(found, 1, Integer::sum);
        });
    before.keySet().stream()
        .filter(key -> !now.containsKey(key))
        .forEach(key -> expected.merge("deleted", 1, Integer::sum));
    return expected;
  }

  /** Rows with both columns that name them, whatever their types. */
  private Set<String> named() {
    List<String> rows =
        table().selectExpr("to_json(struct(shop, sku, status, features))").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(new TreeSet<>(rows)).as("no row twice").hasSameSizeAs(rows);
    return new TreeSet<>(rows);
  }

  private Set<String> namedOfFullRun(String... options) {
    Path kept = output;
    output = directory.resolve("full");
    List<String> all = new ArrayList<>(List.of(options));
    all.removeIf(option -> option.startsWith("--deleted"));
    all.add("--output-mode=overwrite");
    embed(all.toArray(String[]::new)).assertExitCode(0);
    Set<String> rows = named();
    output = kept;
    return rows;
  }

  @Test
  void namesThatAreNoneAreRefusedBeforeAnyWork() throws IOException {
    embed(products(SKUS, sku("a", "b", 1), sku("a", null, 2)), IDS)
        .assertExitCode(3)
        .assertOneMessage("The columns (shop, sku) do not name the rows", "(a, null) (1 rows)");
    embed(products(SKUS, sku("a", "b", 1), sku("a", "b", 2), sku("b", "a", 3)), IDS)
        .assertExitCode(3)
        .assertOneMessage("(a, b) (2 rows)");
    String input = products(SKUS, sku("a", "aa", 1), sku("aa", "a", 2));
    embed(input, "--id-column=shop,").assertExitCode(2).assertOneMessage("a name is empty");
    embed(input, "--id-column=shop,SHOP").assertExitCode(3).assertOneMessage("is named twice");
    embed(input, IDS, "--keep-columns=sku").assertExitCode(3).assertOneMessage("is named twice");
    embed(input, "--id-column=shop,ean").assertExitCode(3).assertOneMessage("no column 'ean'");
    embed(input, IDS, "--changed-by=sku").assertExitCode(3).assertOneMessage("can't name the rows");
    embed(input, IDS, "--partition-by=sku")
        .assertExitCode(3)
        .assertOneMessage("'sku' is one of those that name the rows");
    assertThat(output).doesNotExist();
  }

  @Test
  void theTableKeepsTheColumnsAndSaysHowManyNameARow() throws IOException {
    String input = products(SKUS, sku("a", "aa", 1), sku("aa", "a", 2));
    found(input, "--id-column=SHOP,Sku", "--changed-by=version");
    assertThat(table().columns()).startsWith("shop", "sku", "version", "features");
    Commands.run("verify", "--output=" + output).assertExitCode(0);
    Commands.run("verify", "--output=" + output, "--id-column=sku,shop", input, "--model=builtin")
        .assertExitCode(0);
    embed(input, "--id-column=shop", "--keep-columns=sku", "--changed-by=version")
        .assertExitCode(3)
        .assertOneMessage("its columns are shop string, sku string, version int");
    for (String command : List.of("similar", "audit", "export-vectors")) {
      List<String> all = new ArrayList<>(List.of(command, "--vectors=" + output));
      all.add(
          command.equals("similar") ? "--query-id=a" : "--output=" + directory.resolve("other"));
      if (command.equals("export-vectors")) {
        all.add("--format=npy");
      }
      Commands.run(all.toArray(String[]::new))
          .assertExitCode(3)
          .assertOneMessage("named by the columns (shop, sku) together", "--id-column with one");
    }
    Commands.run("similar", "--vectors=" + output, "--id-column=sku", "--query-id=a")
        .assertExitCode(0);
    Commands.run("similar", "--vectors=" + output, "--id-column=sku,shop", "--query-id=a")
        .assertExitCode(2)
        .assertOneMessage("this command goes by one column");
  }

  /** The column that names the rows that are searched names the queries. */
  @Test
  void queriesMayHaveSeveral() throws IOException {
    found(products(SKUS, sku("a", "aa", 1), sku("aa", "a", 2)), IDS, "--changed-by=version");
    Path copy = directory.resolve("copy");
    FaultyTableFixture.copy(output, copy);
    Path neighbours = directory.resolve("neighbours");
    for (Path queries : List.of(output, copy)) {
      Commands.run(
              "similar",
              "--vectors=" + output,
              "--id-column=sku",
              "--queries=" + queries,
              "--output=" + neighbours,
              "--output-mode=overwrite")
          .assertExitCode(0);
      assertThat(
              spark
                  .read()
                  .parquet(neighbours.toString())
                  .select("query")
                  .distinct()
                  .collectAsList())
          .extracting(row -> row.getString(0))
          .containsExactlyInAnyOrder("a", "aa");
    }
  }

  /** Two rows of a name would be two rows of each name in the table. */
  @Test
  void fewerColumnsDoNotGoOnWithATableOfMore() throws IOException {
    String input = products(SKUS, sku("a", "aa", 1), sku("a", "a", 2));
    found(input, IDS, "--changed-by=none");
    input = products(SKUS, sku("a", "aa", 1));
    embed(input, "--id-column=shop", "--keep-columns=sku", "--changed-by=none")
        .assertExitCode(3)
        .assertOneMessage("--id-column names 2 columns there, and 1 here");
    assertThat(found(input, IDS, "--changed-by=none"))
        .containsExactly(entry("unchanged", 1), entry("deleted", 1));
  }

  @Test
  void verifyNamesRowsByAllColumns() throws IOException {
    String input = products(SKUS, sku("x, y", "z", 1), sku("x", "y, z", 2));
    embed(input, IDS, "--output-mode=errorifexists").assertExitCode(0);
    assertThat(Commands.run("verify", "--output=" + output, input, "--model=builtin").out())
        .contains("every (shop, sku) is unique", "2 of 2 vectors computed again");
    String more = products(SKUS, sku("x, y", "z", 1), sku("x", "y, z", 2), sku("z", "x, y", 3));
    Commands.run("verify", "--output=" + output, more, "--model=builtin").assertExitCode(5);
    embed(input, IDS, "--output-mode=append").assertExitCode(0);
    assertThat(Commands.run("verify", "--output=" + output).out())
        .contains("2 values of (shop, sku) in 4 rows, where each should be in one: (x, y, z)");
  }

  @Test
  void namesOfColumnsMayBeOdd() throws IOException {
    StructType odd =
        new StructType()
            .add("s,h`op.x", DataTypes.StringType)
            .add("__id", DataTypes.StringType)
            .add("image", DataTypes.BinaryType);
    String ids = "--id-column=__ID,`s,h``op.x`";
    String input =
        products(
            odd,
            RowFactory.create("a", "aa", Pictures.png(1)),
            RowFactory.create("aa", "a", Pictures.png(2)));
    found(input, ids, "--dedup");
    assertThat(table().columns()).startsWith("__id", "s,h`op.x");
    input =
        products(
            odd,
            RowFactory.create("a", "aa", Pictures.png(1)),
            RowFactory.create("aa", "aa", new byte[] {1}));
    assertThat(found(input, ids, "--dedup"))
        .containsExactly(
            entry("unchanged", 1), entry("new", 1), entry("deleted", 1), entry("computed", 1));
    assertThat(embed(input, ids, "--dedup", "--output=" + directory.resolve("other")).out())
        .contains("(aa, aa): ");
  }
}
