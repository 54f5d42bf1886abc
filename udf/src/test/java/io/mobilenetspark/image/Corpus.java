package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The images that tests read: those of the test jars of libraries, PngSuite and photographs. */
public final class Corpus {

  private Corpus() {}

  /** A set of files, by name. */
  public enum Source {
    IMAGEIO_JPEG("imageio-jpeg"),
    COMMONS_IMAGING("commons-imaging"),
    PNGSUITE("pngsuite"),
    IMAGEIO_BMP("imageio-bmp"),
    IMAGEIO_PNM("imageio-pnm"),
    IMAGEIO_PSD("imageio-psd"),
    IMAGEIO_TGA("imageio-tga");

    private final String id;

    Source(String id) {
      this.id = id;
    }

    public String id() {
      return id;
    }

    /** Whether its files are of formats whose reference is Pillow. */
    boolean isReadByPillow() {
      return switch (this) {
        case IMAGEIO_JPEG, COMMONS_IMAGING, PNGSUITE -> false;
        case IMAGEIO_BMP, IMAGEIO_PNM, IMAGEIO_PSD, IMAGEIO_TGA -> true;
      };
    }

    /** All files, sorted by name. */
    public Map<String, byte[]> files() throws IOException {
      return switch (this) {
        case IMAGEIO_JPEG -> jarWith("/jpeg-lossless/8_ls.jpg");
        case COMMONS_IMAGING -> jarWith("/data/images/webp/2/1.sm.webp");
        case PNGSUITE -> pngSuite();
        case IMAGEIO_BMP -> jarWith("/bmpsuite/g/pal1.bmp");
        case IMAGEIO_PNM -> jarWith("/ppm/lighthouse_rgb48.ppm");
        case IMAGEIO_PSD -> jarWith("/psd/test_gray.psd");
        case IMAGEIO_TGA -> jarWith("/tga/CCM8.TGA");
      };
    }
  }

  /** One file of a test jar. */
  public static byte[] file(String name) {
    try (InputStream in = Corpus.class.getResourceAsStream("/" + name)) {
      return requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a table beside this class, without the first. */
  static List<String[]> table(String name) throws IOException {
    try (InputStream in = requireNonNull(Corpus.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .toList();
    }
  }

  /** The photographs, relative to the data folder, sorted. */
  static List<Path> photographs() throws IOException {
    Path data = SharedData.directory();
    try (Stream<Path> files = Files.walk(data.resolve("flower_photos"))) {
      return files
          .filter(file -> file.toString().endsWith(".jpg"))
          .map(data::relativize)
          .sorted((a, b) -> a.toString().compareTo(b.toString()))
          .toList();
    }
  }

  private static Map<String, byte[]> jarWith(String resource) throws IOException {
    URL url = requireNonNull(Corpus.class.getResource(resource), resource);
    JarURLConnection connection = (JarURLConnection) url.openConnection();
    connection.setUseCaches(false);
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (JarFile jar = connection.getJarFile()) {
      List<String> names = new ArrayList<>(jar.stream().map(ZipEntry::getName).toList());
      names.sort(null);
      for (String name : names) {
        boolean isFile =
            !name.endsWith("/") && !name.endsWith(".class") && !name.startsWith("META-INF/");
        if (isFile) {
          try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            files.put(name, in.readAllBytes());
          }
        }
      }
    }
    return files;
  }

  private static Map<String, byte[]> pngSuite() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> paths = Files.list(SharedData.directory().resolve("pngsuite"))) {
      for (Path path : paths.filter(file -> file.toString().endsWith(".png")).sorted().toList()) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }
}
