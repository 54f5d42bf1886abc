package io.mobilenetspark.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.options.Cure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.GraphDef;

/**
 * A frozen model as files: {@value #GRAPH}, the graph with its weights, as TensorFlow writes
 * graphs, and {@value #FACTS}, what is known of it, with the graph's length and SHA-256. Read back,
 * it gives the same bits as before. Immutable; safe for use by many threads.
 */
public final class FrozenModelStore {

  static final String GRAPH = "frozen_graph.pb";
  static final String FACTS = "model.json";

  /** Of the files; readers refuse later ones. */
  private static final int VERSION = 1;

  private static final Cure CURE = Cure.of("Copy it again from an intact copy, or save it again.");

  private final Configuration configuration;

  /**
   * @param configuration for the file systems that models lie on
   */
  public FrozenModelStore(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Writes a model into a folder, which is made. The facts come last: without them there is no
   * model, whatever a failure leaves behind.
   *
   * @throws IOException if a file is there already, or can't be written
   */
  public void write(FrozenModel model, Path directory) throws IOException {
    byte[] graph = model.graphDef();
    ObjectNode facts = new ObjectMapper().createObjectNode();
    facts.put("version", VERSION);
    facts.put("name", model.name());
    facts.put("format", model.format());
    facts.put("path", model.path().optionName());
    facts.put("output", model.output());
    facts.put("fingerprint", model.fingerprint());
    facts.put("dimension", model.dimension());
    facts.put("imageHeight", model.imageHeight());
    facts.put("imageWidth", model.imageWidth());
    facts.put("graphBytes", graph.length);
    facts.put("graphSha256", model.graphSha256());
    write(new Path(directory, GRAPH), graph);
    write(
        new Path(directory, FACTS),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(facts));
  }

  private void write(Path file, byte[] bytes) throws IOException {
    FileSystem fileSystem = file.getFileSystem(configuration);
    try (OutputStream out = fileSystem.create(file, false)) {
      out.write(bytes);
    }
  }

  /**
   * Reads a model. Loads nothing but these two files. A stranger's graph is a program: it is
   * refused as a stranger's module is, and TensorFlow's native library must be loaded for that.
   *
   * @throws ModelLoadException if a file is missing or damaged, of a later version, or if the graph
   *     has ops that are not known to be harmless or takes too much
   */
  public FrozenModel read(Path directory) {
    try {
      return readFiles(directory);
    } catch (FileNotFoundException e) {
      throw new ModelLoadException(
          directory.toString(), "a file is missing: " + e.getMessage(), CURE, e);
    } catch (IOException e) {
      throw new ModelLoadException(directory.toString(), String.valueOf(e.getMessage()), CURE, e);
    }
  }

  private FrozenModel readFiles(Path directory) throws IOException {
    JsonNode facts = facts(new Path(directory, FACTS));
    byte[] bytes = readAll(new Path(directory, GRAPH));
    int expectedBytes = number(facts, "graphBytes");
    if (bytes.length != expectedBytes) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has %d bytes, but %d were written",
              GRAPH,
              bytes.length,
              expectedBytes));
    }
    if (!Sha256.hex(bytes).equals(text(facts, "graphSha256"))) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s is damaged: its SHA-256 is %s, but %s was written",
              GRAPH,
              Sha256.hex(bytes),
              text(facts, "graphSha256")));
    }
    FrozenModel model =
        new FrozenModel(
            new FrozenModel.Facts(
                text(facts, "name"),
                text(facts, "format"),
                executionPath(facts),
                text(facts, "output"),
                text(facts, "fingerprint"),
                number(facts, "dimension"),
                number(facts, "imageHeight"),
                number(facts, "imageWidth")),
            Trust.UNTRUSTED,
            bytes);
    ModelGuard.of(model, graph(bytes), directory.toString()).check(1);
    return model;
  }

  private static GraphDef graph(byte[] bytes) throws IOException {
    try {
      return GraphDef.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(GRAPH + " is not a graph: " + e.getMessage(), e);
    }
  }

  private JsonNode facts(Path file) throws IOException {
    JsonNode facts;
    try {
      facts = new ObjectMapper().readTree(readAll(file));
    } catch (JsonProcessingException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: %s", FACTS, e.getOriginalMessage()), e);
    }
    int version = number(facts, "version");
    if (version > VERSION) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s is of version %d; this library reads up to %d, a later one reads it",
              FACTS,
              version,
              VERSION));
    }
    return facts;
  }

  private static ExecutionPath executionPath(JsonNode facts) throws IOException {
    try {
      return ExecutionPath.CHOICES.parse(text(facts, "path"));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: %s", FACTS, e.getMessage()), e);
    }
  }

  private static String text(JsonNode facts, String key) throws IOException {
    JsonNode value = facts.path(key);
    if (!value.isTextual()) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: it has no text '%s'", FACTS, key));
    }
    return value.textValue();
  }

  private static int number(JsonNode facts, String key) throws IOException {
    JsonNode value = facts.path(key);
    if (!value.isInt() || value.intValue() < 1) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: it has no positive number '%s'", FACTS, key));
    }
    return value.intValue();
  }

  private byte[] readAll(Path file) throws IOException {
    try (InputStream in = file.getFileSystem(configuration).open(file)) {
      return in.readAllBytes();
    }
  }
}
