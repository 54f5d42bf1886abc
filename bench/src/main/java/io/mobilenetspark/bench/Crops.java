package io.mobilenetspark.bench;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Many images of a few photographs: squares cut out at random, as JPEG. */
final class Crops {

  private static final int SIDE = 224;

  /** Of the shorter side. */
  private static final double LEAST = 0.35;

  private Crops() {}

  /**
   * Writes a Parquet table of crops, {@code id} and {@code image}.
   *
   * @param each how many of each photograph
   */
  static void write(SparkSession spark, List<Path> photographs, int each, Path table) {
    List<String> files = photographs.stream().map(Path::toString).toList();
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    int tasks = Math.max(1, Math.min(files.size(), files.size() * each / 2500));
    spark
        .createDataFrame(
            context.parallelize(new ArrayList<>(files), tasks).flatMap(file -> of(file, each)),
            StructType.fromDDL("id STRING, image BINARY"))
        .write()
        .parquet(table.toString());
  }

  private static Iterator<Row> of(String file, int each) throws IOException {
    BufferedImage photograph = ImageIO.read(Path.of(file).toFile());
    Random random = new Random(file.hashCode());
    return IntStream.range(0, each)
        .mapToObj(
            i ->
                RowFactory.create(
                    String.format(Locale.ROOT, "%s#%04d", Path.of(file).getFileName(), i),
                    (Object) jpeg(photograph, random)))
        .iterator();
  }

  private static byte[] jpeg(BufferedImage photograph, Random random) {
    int shorter = Math.min(photograph.getWidth(), photograph.getHeight());
    int side = (int) (shorter * (LEAST + (1 - LEAST) * random.nextDouble()));
    int x = random.nextInt(photograph.getWidth() - side + 1);
    int y = random.nextInt(photograph.getHeight() - side + 1);
    boolean isMirrored = random.nextBoolean();
    BufferedImage crop = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = crop.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    int left = isMirrored ? x + side : x;
    int right = isMirrored ? x : x + side;
    graphics.drawImage(photograph, 0, 0, SIDE, SIDE, left, y, right, y + side, null);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(crop, "jpg", bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
