package io.mobilenetspark.spark.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.train.TrainingState;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One checkpoint: the state in TensorFlow's checkpoint format, {@value #FACTS} with the rest, and
 * {@value #MARKER}, which has the size and SHA-256 of each of them as they were meant to be. The
 * marker is written when they are closed, so that a folder that has one is finished on any file
 * system, and nothing is ever renamed: to object stores, that is to copy file by file.
 */
final class CheckpointFolder {

  /** There from when the checkpoint is finished. */
  static final String MARKER = "checkpoint.json";

  private static final String FACTS = "run.json";
  private static final String TENSORS = "state";

  /** Of all of a checkpoint's files; 0 is that of the first checkpoints, which did not say it. */
  private static final int FORMAT = 1;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final FileSystem fileSystem;
  private final Path path;

  /** What {@value #FACTS} holds; the floats are beside it. */
  private record Facts(
      long step,
      int slots,
      int workers,
      int bestEpoch,
      long bestStep,
      RunState.Sums current,
      List<EpochMetrics> history) {}

  private record Entry(String name, long bytes, String sha256) {}

  private record Marker(int format, List<Entry> files) {}

  /** A checkpoint that is not what was written; another may be. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
      super(message);
    }
  }

  /** A checkpoint of a later release: nothing is wrong with it, and it is not to be deleted. */
  static final class LaterFormatException extends IOException {
    private static final long serialVersionUID = 1;

    private LaterFormatException(Path path, int format) {
      super(
          String.format(
              Locale.ROOT,
              "The checkpoint %s is of format %d; this version of mobilenet-spark reads formats up to"
                  + " %d. Use the version that saved it, or a later one; or another folder for checkpoints.",
              path,
              format,
              FORMAT));
    }
  }

  CheckpointFolder(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  /** Writes a run's state; the folder must not be there yet. */
  void write(RunState run) throws IOException {
    fileSystem.mkdirs(path);
    List<Entry> entries = new ArrayList<>();
    TensorBundleWriter tensors = new TensorBundleWriter();
    add(tensors, "state/", run.state());
    add(tensors, "best/", run.best());
    tensors.write(suffix -> new ListedFile(TENSORS + suffix, entries));
    Facts facts =
        new Facts(
            run.state().step(),
            run.state().slots().length,
            run.workers(),
            run.bestEpoch(),
            run.best().step(),
            run.current(),
            run.history());
    try (OutputStream out = new ListedFile(FACTS, entries)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(facts));
    }
    try (OutputStream out = fileSystem.create(new Path(path, MARKER), false)) {
      out.write(
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new Marker(FORMAT, entries)));
    }
  }

  /** Before the rest of the marker, which a later format may have otherwise. */
  private void requireKnownFormat() throws IOException {
    int format = json(MARKER, JsonNode.class).path("format").asInt();
    if (format > FORMAT) {
      throw new LaterFormatException(path, format);
    }
  }

  /** A file that adds itself to the marker's list when it is closed. */
  private final class ListedFile extends DigestOutputStream {
    private final String name;
    private final List<Entry> entries;
    private long bytes;

    ListedFile(String name, List<Entry> entries) throws IOException {
      super(fileSystem.create(new Path(path, name), false), Sha256.digest());
      this.name = name;
      this.entries = entries;
    }

    @Override
    public void write(int value) throws IOException {
      super.write(value);
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      super.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      super.close();
      entries.add(new Entry(name, bytes, HexFormat.of().formatHex(getMessageDigest().digest())));
    }
  }

  private static void add(TensorBundleWriter tensors, String prefix, TrainingState state) {
    tensors.add(prefix + "parameters", vector(state.parameters()));
    tensors.add(prefix + "statistics", vector(state.statistics()));
    for (int i = 0; i < state.slots().length; i++) {
      tensors.add(prefix + "slot" + i, vector(state.slots()[i]));
    }
  }

  private static WeightTensor vector(float[] values) {
    return new WeightTensor(new long[] {values.length}, values);
  }

  /** Deletes it, the marker first: what is left of it at any moment is an unfinished one. */
  void remove() throws IOException {
    fileSystem.delete(new Path(path, MARKER), false);
    fileSystem.delete(path, true);
  }

  /** Whether all of it was written. */
  boolean isFinished() throws IOException {
    return fileSystem.exists(new Path(path, MARKER));
  }

  /**
   * Whether its writer is done with it: also the marker is whole. On most file systems a file is
   * seen from when it is made, and who deletes the folder then fails the one who writes it.
   */
  boolean isClosed() throws IOException {
    try {
      json(MARKER, Marker.class);
      return true;
    } catch (DamagedException e) {
      return false;
    }
  }

  /**
   * Reads all files and compares them with the marker.
   *
   * @throws DamagedException if they are not as they were written; the message says which
   * @throws LaterFormatException if a later release wrote them
   * @throws IOException if the file system can't be read
   */
  void verify() throws IOException {
    requireKnownFormat();
    for (Entry entry : json(MARKER, Marker.class).files) {
      Path file = new Path(path, entry.name);
      MessageDigest digest = Sha256.digest();
      long bytes = 0;
      try (InputStream in = fileSystem.open(file)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          bytes += n;
        }
      } catch (FileNotFoundException e) {
        throw new DamagedException(entry.name + " is missing");
      } catch (EOFException | ChecksumException e) {
        throw new DamagedException(entry.name + " is not what was written: " + e.getMessage());
      }
      if (bytes != entry.bytes) {
        throw new DamagedException(
            String.format(
                Locale.ROOT,
                "%s has %d bytes of the %d that were written",
                entry.name,
                bytes,
                entry.bytes));
      }
      if (!HexFormat.of().formatHex(digest.digest()).equals(entry.sha256)) {
        throw new DamagedException(entry.name + " is not what was written, by its SHA-256");
      }
    }
  }

  /**
   * Reads the state.
   *
   * @throws DamagedException if it is not what was written
   * @throws LaterFormatException if a later release wrote it
   * @throws IOException if the file system can't be read
   */
  RunState read(Configuration configuration) throws IOException {
    verify();
    Facts facts = json(FACTS, Facts.class);
    SortedMap<String, WeightTensor> tensors;
    try {
      tensors = TensorBundle.open(new Path(path, TENSORS), configuration).readFloats();
    } catch (FileNotFoundException e) { // removed since, by a driver that is further
      throw new DamagedException("a file is missing: " + e.getMessage());
    }
    return new RunState(
        state(tensors, "state/", facts.step, facts.slots),
        state(tensors, "best/", facts.bestStep, 0),
        facts.workers,
        facts.bestEpoch,
        facts.history,
        facts.current);
  }

  private static TrainingState state(
      SortedMap<String, WeightTensor> tensors, String prefix, long step, int slots)
      throws IOException {
    float[][] memory = new float[slots][];
    for (int i = 0; i < slots; i++) {
      memory[i] = values(tensors, prefix + "slot" + i);
    }
    return new TrainingState(
        step,
        values(tensors, prefix + "parameters"),
        values(tensors, prefix + "statistics"),
        memory);
  }

  private static float[] values(SortedMap<String, WeightTensor> tensors, String name)
      throws IOException {
    WeightTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new DamagedException("there is no tensor " + name);
    }
    return tensor.values();
  }

  private <T> T json(String name, Class<T> type) throws IOException {
    try (InputStream in = fileSystem.open(new Path(path, name))) {
      return JSON.readValue(in, type);
    } catch (JacksonException e) {
      throw new DamagedException(name + " is damaged: " + e.getOriginalMessage());
    } catch (FileNotFoundException e) {
      throw new DamagedException(name + " is missing");
    } catch (EOFException | ChecksumException e) {
      throw new DamagedException(name + " is not what was written: " + e.getMessage());
    }
  }

  Path path() {
    return path;
  }
}
