package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.train.TrainingState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one run in a folder of any Hadoop file system. Each is a folder {@code
 * step-<number>} with the state in TensorFlow's checkpoint format and {@code checkpoint.json}. It
 * is written under another name and renamed when whole; since object stores have no atomic rename,
 * {@code checkpoint.json} is written last and a folder without it does not count. The last two are
 * kept.
 */
final class Checkpoints {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FACTS = "checkpoint.json";
  private static final String TENSORS = "state";
  private static final String PREFIX = "step-";
  private static final String TEMPORARY = "_temporary-";
  private static final int KEPT = 2;

  private final FileSystem fileSystem;
  private final Path directory;
  private final Configuration configuration;
  private final SortedMap<String, String> identity;

  /** What {@code checkpoint.json} holds; the floats are beside it. */
  private record Facts(
      SortedMap<String, String> run,
      long step,
      int slots,
      int bestEpoch,
      long bestStep,
      RunState.Sums current,
      List<EpochMetrics> history) {}

  /**
   * @param directory made when the first checkpoint is written
   * @param identity what makes the run this one: all settings and data that its numbers follow from
   * @throws IOException if the file system can't be reached
   */
  Checkpoints(Configuration configuration, String directory, Map<String, String> identity)
      throws IOException {
    this.configuration = configuration;
    this.directory = new Path(directory);
    this.fileSystem = this.directory.getFileSystem(configuration);
    this.identity = new TreeMap<>(identity);
  }

  Path directory() {
    return directory;
  }

  /** Writes a checkpoint, and removes those that are too old. A crash leaves the ones before. */
  void write(RunState run) throws IOException {
    long step = run.state().step();
    Path target = new Path(directory, PREFIX + String.format(Locale.ROOT, "%012d", step));
    Path temporary = new Path(directory, TEMPORARY + target.getName());
    fileSystem.delete(temporary, true);
    fileSystem.mkdirs(temporary);
    TensorBundleWriter tensors = new TensorBundleWriter();
    add(tensors, "state/", run.state());
    add(tensors, "best/", run.best());
    tensors.write(fileSystem, new Path(temporary, TENSORS));
    Facts facts =
        new Facts(
            identity,
            step,
            run.state().slots().length,
            run.bestEpoch(),
            run.best().step(),
            run.current(),
            run.history());
    try (OutputStream out = fileSystem.create(new Path(temporary, FACTS), false)) {
      JSON.writerWithDefaultPrettyPrinter().writeValue(out, facts);
    }
    fileSystem.delete(target, true); // an incomplete one of an object store
    if (!fileSystem.rename(temporary, target)) {
      throw new IOException("can't rename " + temporary + " to " + target);
    }
    List<Path> complete = complete();
    for (Path old : complete.subList(0, Math.max(0, complete.size() - KEPT))) {
      fileSystem.delete(old, true);
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

  /** The settings of the last checkpoint's run; empty if there is none. */
  Optional<SortedMap<String, String>> lastIdentity() throws IOException {
    List<Path> complete = complete();
    return complete.isEmpty()
        ? Optional.empty()
        : Optional.of(facts(complete.get(complete.size() - 1)).run);
  }

  /**
   * The last checkpoint.
   *
   * @throws IllegalArgumentException if it is of another run; the message names what differs
   * @throws IOException if it can't be read
   */
  Optional<RunState> last() throws IOException {
    List<Path> complete = complete();
    if (complete.isEmpty()) {
      return Optional.empty();
    }
    Path path = complete.get(complete.size() - 1);
    Facts facts = facts(path);
    requireSameRun(path, facts.run);
    SortedMap<String, WeightTensor> tensors =
        TensorBundle.open(new Path(path, TENSORS), configuration).readFloats();
    return Optional.of(
        new RunState(
            state(path, tensors, "state/", facts.step, facts.slots),
            state(path, tensors, "best/", facts.bestStep, 0),
            facts.bestEpoch,
            facts.history,
            facts.current));
  }

  private static TrainingState state(
      Path path, SortedMap<String, WeightTensor> tensors, String prefix, long step, int slots)
      throws IOException {
    float[][] memory = new float[slots][];
    for (int i = 0; i < slots; i++) {
      memory[i] = values(path, tensors, prefix + "slot" + i);
    }
    return new TrainingState(
        step,
        values(path, tensors, prefix + "parameters"),
        values(path, tensors, prefix + "statistics"),
        memory);
  }

  private static float[] values(Path path, SortedMap<String, WeightTensor> tensors, String name)
      throws IOException {
    WeightTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the checkpoint %s has no tensor %s; delete its folder to resume from the one before",
              path,
              name));
    }
    return tensor.values();
  }

  private void requireSameRun(Path path, SortedMap<String, String> other) {
    List<String> differences = new ArrayList<>();
    SortedMap<String, String> all = new TreeMap<>(other);
    all.putAll(identity);
    for (String key : all.keySet()) {
      String there = other.getOrDefault(key, "nothing");
      String here = identity.getOrDefault(key, "nothing");
      if (!there.equals(here)) {
        differences.add(String.format(Locale.ROOT, "%s was %s and is now %s", key, there, here));
      }
    }
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The checkpoint %s is of another run: %s. Restore that to resume, or use another checkpoint"
                  + " directory to start anew.",
              path,
              String.join("; ", differences)));
    }
  }

  private Facts facts(Path path) throws IOException {
    try (InputStream in = fileSystem.open(new Path(path, FACTS))) {
      return JSON.readValue(in, Facts.class);
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the checkpoint %s is damaged (%s: %s); delete its folder to resume from the one before",
              path,
              FACTS,
              e.getOriginalMessage()),
          e);
    }
  }

  /** Folders of whole checkpoints, the oldest first. */
  private List<Path> complete() throws IOException {
    List<Path> paths = new ArrayList<>();
    try {
      for (FileStatus status : fileSystem.listStatus(directory)) {
        Path path = status.getPath();
        if (path.getName().startsWith(PREFIX) && fileSystem.exists(new Path(path, FACTS))) {
          paths.add(path);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(); // the first run
    }
    paths.sort(Comparator.comparing(Path::getName));
    return paths;
  }
}
