package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.SharedData;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Photographs of flowers with faults that are known, because they were put in. */
final class PlantedFlowers {

  /** What was put in. */
  enum Fault {
    NONE,
    COPIED,
    RECOMPRESSED,
    FLIPPED_LABEL,
    BLURRED,
    DARKENED,
    BRIGHTENED,
    NOT_A_FLOWER,
    TINY,
    NARROW,
    BROKEN
  }

  /** Which photographs: no photograph is in both. */
  enum Part {
    /** That the default thresholds were chosen by. */
    CHOSEN_BY,
    HELD_BACK
  }

  /**
   * A row.
   *
   * @param origin the file that it was made of
   */
  record Planted(Path file, String label, String split, Fault fault, Path origin) {}

  private static final List<String> CLASSES =
      List.of("daisy", "dandelion", "roses", "sunflowers", "tulips");

  private final Path directory;
  private final List<Planted> rows = new ArrayList<>();
  private final Random random = new Random(17);

  private PlantedFlowers(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes files into a directory.
   *
   * @param each how many photographs of a class are taken as they are
   * @param planted how many of each fault are put in; of some half as many
   */
  static List<Planted> make(Path directory, Part part, int each, int planted) throws IOException {
    PlantedFlowers flowers = new PlantedFlowers(Files.createDirectories(directory));
    flowers.make(part, each, planted);
    return flowers.rows;
  }

  /** The rows as a Parquet table of paths, labels and splits, which embed takes. */
  static void write(List<Planted> rows, Path table) {
    List<Row> values =
        rows.stream()
            .map(row -> RowFactory.create(row.file().toUri().toString(), row.label(), row.split()))
            .toList();
    StructType columns =
        new StructType()
            .add("path", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("split", DataTypes.StringType);
    Commands.session()
        .createDataFrame(values, columns)
        .repartition(4)
        .write()
        .parquet(table.toString());
  }

  private void make(Part part, int each, int planted) throws IOException {
    List<Path> clean = new ArrayList<>();
    List<Path> spare = new ArrayList<>();
    for (String name : CLASSES) {
      List<Path> photos = new ArrayList<>(photos("train", name));
      photos.addAll(photos("test", name));
      Collections.shuffle(photos, random);
      clean.addAll(photos.subList(0, each));
      spare.addAll(photos.subList(each, photos.size()));
    }
    Collections.shuffle(spare, random);
    if (part == Part.HELD_BACK) {
      List<Path> left = List.copyOf(spare.subList(5 * planted, spare.size())); // others were put in
      clean.clear();
      spare.clear();
      for (String name : CLASSES) {
        List<Path> photos = left.stream().filter(photo -> label(photo).equals(name)).toList();
        clean.addAll(photos.subList(0, each));
        spare.addAll(photos.subList(each, photos.size()));
      }
      Collections.shuffle(spare, random);
    }
    for (Path photo : clean) {
      rows.add(new Planted(photo, label(photo), "train", Fault.NONE, photo));
    }
    Collections.shuffle(clean, random);
    for (int i = 0; i < planted; i++) {
      Path copied = clean.get(i);
      Path copy = Files.copy(copied, directory.resolve("copy" + i + ".jpg"));
      rows.add(new Planted(copy, label(copied), "validation", Fault.COPIED, copied));
      Path original = clean.get(planted + i);
      Path smaller = directory.resolve("smaller" + i + ".jpg");
      write(scaled(read(original), 0.6), 0.5f, smaller);
      rows.add(new Planted(smaller, label(original), "validation", Fault.RECOMPRESSED, original));
    }
    for (int i = 0; i < planted / 2; i++) {
      Path file = directory.resolve("drawing" + i + ".jpg");
      write(drawing(i), 0.9f, file);
      String label = CLASSES.get(i % CLASSES.size());
      rows.add(new Planted(file, label, "train", Fault.NOT_A_FLOWER, file));
    }
    int next = 0;
    for (int i = 0; i < planted; i++) {
      Path flipped = spare.get(next++);
      String wrong =
          CLASSES.get((CLASSES.indexOf(label(flipped)) + 1 + random.nextInt(4)) % CLASSES.size());
      rows.add(new Planted(flipped, wrong, "train", Fault.FLIPPED_LABEL, flipped));
      put(spare.get(next++), Fault.BLURRED, i);
      put(spare.get(next++), Fault.DARKENED, i);
      put(spare.get(next++), Fault.BRIGHTENED, i);
    }
    for (int i = 0; i < planted / 2; i++) {
      put(spare.get(next++), Fault.TINY, i);
      put(spare.get(next++), Fault.NARROW, i);
      Path whole = clean.get(2 * planted + i);
      Path broken = directory.resolve("broken" + i + ".jpg");
      Files.write(broken, Arrays.copyOf(Files.readAllBytes(whole), 300));
      rows.add(new Planted(broken, label(whole), "train", Fault.BROKEN, whole));
    }
  }

  /** Noise, text and stripes, in turn. */
  private BufferedImage drawing(int i) {
    BufferedImage drawing = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawing.createGraphics();
    graphics.setColor(new Color(random.nextInt(1 << 24)));
    graphics.fillRect(0, 0, 320, 240);
    graphics.setColor(new Color(random.nextInt(1 << 24)));
    for (int y = 10; y < 240 && i % 3 > 0; y += 20) {
      if (i % 3 == 1) {
        graphics.drawString(Long.toString(random.nextLong(), 36) + " " + random.nextLong(), 5, y);
      } else {
        graphics.fillRect(0, y, 320, 3 + random.nextInt(12));
      }
    }
    graphics.dispose();
    return i % 3 > 0 ? drawing : mapped(drawing, value -> random.nextInt(256));
  }

  private void put(Path photo, Fault fault, int i) throws IOException {
    BufferedImage image = read(photo);
    BufferedImage changed =
        switch (fault) {
          case BLURRED -> blurred(image);
          case DARKENED -> mapped(image, value -> value / 6);
          case BRIGHTENED -> mapped(image, value -> 255 - (255 - value) / 6);
          case TINY -> scaled(image, (24 + random.nextInt(40)) / shorterSide(image));
          case NARROW -> strip(image, 3.1 + random.nextDouble());
          default -> throw new IllegalArgumentException(fault + "");
        };
    Path file = directory.resolve(fault + "" + i + ".jpg");
    write(changed, 0.9f, file);
    rows.add(new Planted(file, label(photo), "train", fault, photo));
  }

  private static double shorterSide(BufferedImage image) {
    return Math.min(image.getWidth(), image.getHeight());
  }

  /** From the middle, as long as the longer side. */
  private static BufferedImage strip(BufferedImage image, double ratio) {
    int longer = Math.max(image.getWidth(), image.getHeight());
    int width = image.getWidth() == longer ? longer : (int) (longer / ratio);
    int height = image.getWidth() == longer ? (int) (longer / ratio) : longer;
    return image.getSubimage(
        (image.getWidth() - width) / 2, (image.getHeight() - height) / 2, width, height);
  }

  /** The name of the directory that a photograph lies in. */
  static String label(Path photo) {
    return requireNonNull(photo.getParent(), "in a directory").getFileName().toString();
  }

  private static List<Path> photos(String split, String name) throws IOException {
    Path folder = SharedData.directory().resolve("flower_photos").resolve(split).resolve(name);
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static BufferedImage read(Path photo) throws IOException {
    BufferedImage read = ImageIO.read(photo.toFile());
    BufferedImage rgb =
        new BufferedImage(read.getWidth(), read.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = rgb.createGraphics();
    graphics.drawImage(read, 0, 0, null);
    graphics.dispose();
    return rgb;
  }

  private static BufferedImage scaled(BufferedImage image, double factor) {
    int width = (int) (image.getWidth() * factor);
    int height = (int) (image.getHeight() * factor);
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  private static BufferedImage mapped(BufferedImage image, IntUnaryOperator map) {
    BufferedImage mapped =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        mapped.setRGB(
            x,
            y,
            (map.applyAsInt((rgb >> 16) & 0xff) << 16)
                | (map.applyAsInt((rgb >> 8) & 0xff) << 8)
                | map.applyAsInt(rgb & 0xff));
      }
    }
    return mapped;
  }

  /** Three means over 9 x 9 pixels: nearly a Gaussian of a standard deviation of 4.5 pixels. */
  private static BufferedImage blurred(BufferedImage image) {
    BufferedImage blurred = image;
    for (int i = 0; i < 3; i++) {
      blurred = mean(blurred, 4);
    }
    return blurred;
  }

  private static BufferedImage mean(BufferedImage image, int radius) {
    int width = image.getWidth();
    int height = image.getHeight();
    long[][] sums = new long[3][(width + 1) * (height + 1)];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = image.getRGB(x, y);
        int at = (y + 1) * (width + 1) + x + 1;
        for (int c = 0; c < 3; c++) {
          long[] sum = sums[c];
          sum[at] =
              ((rgb >> (8 * c)) & 0xff) + sum[at - 1] + sum[at - width - 1] - sum[at - width - 2];
        }
      }
    }
    BufferedImage mean = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int left = Math.max(0, x - radius);
        int right = Math.min(width, x + radius + 1);
        int top = Math.max(0, y - radius);
        int bottom = Math.min(height, y + radius + 1);
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          long[] sum = sums[c];
          long total =
              sum[bottom * (width + 1) + right]
                  - sum[top * (width + 1) + right]
                  - sum[bottom * (width + 1) + left]
                  + sum[top * (width + 1) + left];
          rgb |= (int) (total / ((long) (right - left) * (bottom - top))) << (8 * c);
        }
        mean.setRGB(x, y, rgb);
      }
    }
    return mean;
  }

  private static void write(BufferedImage image, float quality, Path file) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(quality);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
  }
}
