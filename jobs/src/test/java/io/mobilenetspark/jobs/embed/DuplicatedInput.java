package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A generated input with images that are the same: good ones, bad ones, none, unreadable ones. */
final class DuplicatedInput {

  /** What rows are. */
  enum Kind {
    FILES,
    PATHS,
    BYTES,
    STRUCTS;

    private static final List<Kind> ALL = List.of(FILES, PATHS, BYTES, STRUCTS);

    /** Each in its turn. */
    static Kind of(int number) {
      return ALL.get(Math.floorMod(number, ALL.size()));
    }
  }

  /** Names that the job has for columns of its own. */
  private static final List<String> KEPT =
      List.of("sha", "Row", "carried", "rows", "is_known", "c0", "vector", "a.b", "name");

  private record Item(long id, String content, int price) {}

  private static final String NAME = " [ä] 100%.png";
  private static final String NONE = "none";
  private static final String UNREADABLE = "unreadable";

  private final SparkSession spark;
  private final Path directory;
  private final Kind kind;
  private final Random random;
  private final String keptName;
  private final List<Item> items = new ArrayList<>();
  private final Map<Long, String> written = new HashMap<>();
  private long ids;
  private long writes;

  DuplicatedInput(SparkSession spark, Path directory, Kind kind, Random random) {
    this.spark = spark;
    this.directory = directory;
    this.kind = kind;
    this.random = random;
    this.keptName = KEPT.get(random.nextInt(KEPT.size()));
  }

  /** A row. */
  void add() {
    items.add(new Item(ids++, content(), random.nextInt(3)));
  }

  private String content() {
    return switch (random.nextInt(8)) {
      case 0 -> kind == Kind.FILES ? UNREADABLE : NONE;
      case 1 -> kind == Kind.PATHS ? UNREADABLE : "empty";
      case 2 -> "bad" + random.nextInt(2);
      default -> "good" + random.nextInt(4);
    };
  }

  /** All rows again, with the same ids. */
  void repeat(int times) {
    if (kind != Kind.FILES) {
      List<Item> all = List.copyOf(items);
      for (int i = 0; i < times; i++) {
        all.forEach(item -> items.add(new Item(item.id(), item.content(), random.nextInt(3))));
      }
    }
  }

  /** Other contents, and fewer rows. */
  void change() {
    for (int i = items.size() - 1; i >= 0; i--) {
      Item item = items.get(i);
      switch (random.nextInt(6)) {
        case 0 -> {
          String content = content();
          if (!isAlone(content) || !isAlone(item.content())) { // which nothing would tell
            items.set(i, new Item(item.id(), content, item.price()));
          }
        }
        case 1 -> items.remove(i);
        default -> {}
      }
    }
  }

  /** What each row's image is. */
  Map<Object, String> contents() {
    Map<Object, String> contents = new HashMap<>();
    items.forEach(item -> contents.put(item.id(), item.content()));
    return contents;
  }

  private static boolean isAlone(String content) {
    return content.equals(NONE) || content.equals(UNREADABLE);
  }

  /** How many rows a run computes that knows nothing. */
  int toCompute() {
    return toCompute(Map.of());
  }

  /** How many rows a run computes whose table has these: the others' contents, once each. */
  int toCompute(Map<Object, String> before) {
    Set<String> known = new HashSet<>();
    Map<Object, String> now = contents();
    before.forEach(
        (id, content) -> {
          // The job does not trust the row of an image that has changed since.
          boolean isSame = !now.containsKey(id) || content.equals(now.get(id));
          if (isSame && content.startsWith("good")) {
            known.add(content);
          }
        });
    Set<String> contents = new HashSet<>();
    int alone = 0;
    for (Item item : items) {
      boolean isThere = item.content().equals(before.get(item.id()));
      if (!isThere && isAlone(item.content())) {
        alone++;
      } else if (!isThere && !known.contains(item.content())) {
        contents.add(item.content());
      }
    }
    return alone + contents.size();
  }

  /**
   * Writes it.
   *
   * @return the options that read it
   */
  List<String> write() throws IOException {
    writes++;
    return switch (kind) {
      case FILES -> files();
      case PATHS -> table(DataTypes.StringType);
      case BYTES -> table(DataTypes.BinaryType);
      case STRUCTS -> table(ImageSchema.columnSchema());
    };
  }

  private List<String> files() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("files = 100% ä"));
    Map<Object, String> contents = contents();
    for (Map.Entry<Long, String> old : Map.copyOf(written).entrySet()) {
      if (!old.getValue().equals(contents.get(old.getKey()))) {
        Files.delete(folder.resolve(old.getKey() + NAME));
        written.remove(old.getKey());
      }
    }
    for (Item item : items) {
      Path file = folder.resolve(item.id() + NAME);
      boolean isNew = written.put(item.id(), item.content()) == null;
      if (isNew && item.content().equals(UNREADABLE)) {
        Files.createSymbolicLink(file, Path.of("/no/such/file"));
      } else if (isNew) {
        write(file, item.content());
      }
    }
    return List.of("--input=" + folder);
  }

  private static void write(Path file, String content) throws IOException {
    Files.write(file, bytes(content));
    long time = 1_000_000L * Math.floorMod(content.hashCode(), 1_000_000);
    Files.setLastModifiedTime(file, FileTime.fromMillis(time));
  }

  private List<String> table(DataType image) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Item item : items) {
      rows.add(
          RowFactory.create(
              item.id(),
              item.price(),
              Map.of("k", item.price()),
              image(item),
              item.id() + "`",
              item.price() + 0.5));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType)
            .add(keptName, DataTypes.IntegerType)
            .add("tags", DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType))
            .add("picture", image)
            .add("content_sha256_of", DataTypes.StringType)
            .add("x", DataTypes.DoubleType);
    Path place = directory.resolve("input-" + writes);
    spark.createDataFrame(rows, schema).repartition(3).write().parquet(place.toString());
    return List.of(
        "--input=" + place,
        "--image-column=PICTURE",
        "--keep-columns=" + keptName + ",tags,content_sha256_of,x");
  }

  private @Nullable Object image(Item item) throws IOException {
    if (item.content().equals(NONE)) {
      return null;
    }
    return switch (kind) {
      case BYTES -> bytes(item.content());
      case STRUCTS -> pixels(item.content());
      default -> path(item);
    };
  }

  /** Of several files with the same content. */
  private String path(Item item) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("paths"));
    Path file = folder.resolve(item.content() + "-" + item.id() % 3);
    if (!item.content().equals(UNREADABLE) && !Files.exists(file)) {
      write(file, item.content());
    }
    return file.toString();
  }

  private static byte[] bytes(String content) {
    int number = content.charAt(content.length() - 1) - '0';
    if (content.startsWith("good")) {
      return Pictures.png(number);
    } else if (content.startsWith("bad")) {
      return number == 0
          ? "<html>".getBytes(StandardCharsets.UTF_8)
          : Arrays.copyOf(Pictures.png(9), 60);
    }
    return new byte[0];
  }

  /** The good ones have the same bytes, of other sides. */
  private static Row pixels(String content) {
    int number = content.charAt(content.length() - 1) - '0';
    byte[] data = new byte[48];
    Arrays.fill(data, 0, 24, (byte) 90);
    if (content.startsWith("good")) {
      int height = List.of(4, 2, 8, 16).get(number);
      return RowFactory.create("", height, 16 / height, 3, 16, data);
    } else if (content.startsWith("bad")) {
      return RowFactory.create("", 5 + number, 5, 3, 16, data);
    }
    return RowFactory.create("", -1, -1, -1, -1, new byte[0]);
  }
}
