package io.mobilenetspark.runtime;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** One process of {@link DecodeTrialMain}. For one thread at a time. */
final class TrialProcess implements AutoCloseable {

  private static final long MAX_HEAP = 1L << 30;

  private static final long END_SECONDS = 10;

  /** What the native library was loaded with here. */
  private static final List<String> PROPERTIES =
      List.of(
          "java.io.tmpdir",
          "org.bytedeco.javacpp.cachedir",
          "org.bytedeco.javacpp.maxBytes",
          "org.bytedeco.javacpp.maxPhysicalBytes");

  private final Process process;
  private final DataOutputStream images;
  private final InputStream answers;

  private TrialProcess(Process process) {
    this.process = process;
    this.images = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.answers = process.getInputStream();
  }

  /**
   * Starts a process and waits until it can decode.
   *
   * @param check called again and again meanwhile
   * @throws IOException if there can be none
   */
  static TrialProcess start(Runnable check) throws IOException {
    NativeLibrary.load(); // unpacked by one, found by all
    TrialProcess started =
        new TrialProcess(new ProcessBuilder(command()).redirectError(Redirect.DISCARD).start());
    boolean isReady = false;
    try {
      isReady = started.answer(check) == DecodeTrialMain.READY;
      if (!isReady) {
        throw new IOException(
            String.format(
                Locale.ROOT, "a process for it ended with exit code %d", started.exitCode()));
      }
      return started;
    } finally {
      if (!isReady) {
        started.close();
      }
    }
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + Math.min(Runtime.getRuntime().maxMemory(), MAX_HEAP));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + nowhere()));
    for (String property : PROPERTIES) {
      String value = System.getProperty(property);
      if (value != null) {
        command.add("-D" + property + "=" + value);
      }
    }
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath())));
    command.add(DecodeTrialMain.class.getName());
    return command;
  }

  /** A crash is expected, and no report of it. */
  private static String nowhere() {
    return File.separatorChar == '\\' ? "NUL" : "/dev/null";
  }

  /** With the jars that Spark has brought to this JVM while it ran. */
  private static Set<String> classPath() {
    Set<String> places = new LinkedHashSet<>();
    places.add(System.getProperty("java.class.path"));
    addJars(TrialProcess.class.getClassLoader(), places);
    addJars(Thread.currentThread().getContextClassLoader(), places);
    return places;
  }

  private static void addJars(ClassLoader first, Set<String> places) {
    for (ClassLoader loader = first; loader != null; loader = loader.getParent()) {
      if (loader instanceof URLClassLoader jars) {
        for (URL jar : jars.getURLs()) {
          try {
            places.add(Path.of(URI.create(jar.toURI().toString())).toString());
          } catch (URISyntaxException | RuntimeException e) {
            // Not on a disk: a class of the executor's shell, or one that is served.
          }
        }
      }
    }
  }

  /**
   * Decodes an image.
   *
   * @return the exit code of a process that it has ended; empty if the decoder came back
   * @throws IOException if it can't be sent
   * @throws CancellationException if the thread is interrupted
   */
  OptionalInt decode(ImageInput.Encoded image, ImageOptions options, Runnable check)
      throws IOException {
    try {
      byte[] sent = serialized(options);
      images.writeInt(sent.length);
      images.write(sent);
      image.writeTo(images);
      images.flush();
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
    }
    if (answer(check) == DecodeTrialMain.SURVIVED) {
      return OptionalInt.empty();
    }
    int code = exitCode();
    if (code == DecodeTrialMain.FAILED) {
      throw new IOException("a process for it failed, but not by the image");
    }
    return OptionalInt.of(code);
  }

  private static byte[] serialized(ImageOptions options) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(options);
    }
    return bytes.toByteArray();
  }

  /** The next answer; -1 if the process has ended. A read could not be interrupted. */
  private int answer(Runnable check) throws IOException {
    while (answers.available() == 0) {
      if (!process.isAlive() && answers.available() == 0) {
        return -1;
      }
      check.run();
      pause();
    }
    return answers.read();
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while an image was tried");
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Of a process that ends; one that hangs in that is ended. */
  private int exitCode() {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return 1; // as of one that has crashed
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while an image was tried");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
