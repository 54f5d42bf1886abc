package io.mobilenetspark.model.hub;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.mobilenetspark.model.checkpoint.TensorBundle;
import io.mobilenetspark.options.Cure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.SavedModel;

/** Finds out what a module's files are and opens them. */
public final class ModuleReader {

  /** File that every SavedModel has. */
  public static final String SAVED_MODEL = "saved_model.pb";

  /** File that only TF1 hub modules have. */
  public static final String TF1_MODULE = "tfhub_module.pb";

  private static final long MAX_SAVED_MODEL_BYTES = 512L << 20;
  private static final int FORMAT_FIELD = 1;
  private static final int REQUIRED_FEATURES_FIELD = 2;
  private static final long FORMAT_V3 = 3;

  private final String name;
  private final FileSystem fileSystem;
  private final Configuration configuration;

  private ModuleReader(String name, FileSystem fileSystem, Configuration configuration) {
    this.name = name;
    this.fileSystem = fileSystem;
    this.configuration = configuration;
  }

  /**
   * Opens a module.
   *
   * @param name what the user named it by, for messages
   * @param path a module's directory, a directory with one checkpoint, or a checkpoint's prefix
   * @param configuration for the file system
   * @throws IOException if its files are damaged
   * @throws ModelLoadException if there is none, or it is of a kind that is not read
   */
  public static HubModule open(String name, Path path, Configuration configuration)
      throws IOException {
    return new ModuleReader(name, path.getFileSystem(configuration), configuration).open(path);
  }

  private HubModule open(Path path) throws IOException {
    if (fileSystem.exists(TensorBundle.indexPath(path))) {
      return checkpoint(path);
    }
    FileStatus status;
    try {
      status = fileSystem.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw new ModelLoadException(
          name,
          String.format(
              Locale.ROOT, "neither a directory %s nor a checkpoint %s.index is there", path, path),
          Cure.of(
              "Pass a module's directory or archive, a checkpoint's prefix"
                  + " (.../mobilenet_v1_0.75_224.ckpt), a hub URL, or builtin for an untrained"
                  + " network to try things out."),
          e);
    }
    if (!status.isDirectory()) {
      throw new ModelLoadException(
          name,
          String.format(Locale.ROOT, "%s is neither a directory nor an archive", path),
          Cure.of(
              "Pass a module's directory, a .tar.gz of one, or a checkpoint's prefix without"
                  + " .index or .data-00000-of-00001."));
    }
    if (!fileSystem.exists(new Path(path, SAVED_MODEL))) {
      return openCheckpointIn(path);
    }
    SavedModel model = parse(new Path(path, SAVED_MODEL));
    TensorBundle variables =
        TensorBundle.open(new Path(path, "variables/variables"), configuration);
    if (isTf1Module(path)) {
      return new Tf1Module(name, model, variables);
    }
    boolean hasObjects =
        model.getMetaGraphsCount() == 1
            && model.getMetaGraphs(0).getObjectGraphDef().getNodesCount() > 0;
    return hasObjects
        ? Tf2Module.of(
            name,
            model.getMetaGraphs(0),
            variables,
            ImageSizeFile.read(fileSystem, ImageSizeFile.ofSavedModel(path)))
        : new Tf1Module(name, model, variables);
  }

  private HubModule checkpoint(Path prefix) throws IOException {
    return new CheckpointModule(
        name,
        TensorBundle.open(prefix, configuration),
        ImageSizeFile.read(fileSystem, ImageSizeFile.ofCheckpoint(prefix)));
  }

  private HubModule openCheckpointIn(Path directory) throws IOException {
    List<Path> indexes =
        Arrays.stream(fileSystem.listStatus(directory))
            .map(FileStatus::getPath)
            .filter(file -> file.getName().endsWith(".index"))
            .toList();
    if (indexes.size() == 1) {
      String index = indexes.get(0).toString();
      Path prefix = new Path(index.substring(0, index.length() - ".index".length()));
      return checkpoint(prefix);
    }
    throw new ModelLoadException(
        name,
        String.format(
            Locale.ROOT,
            "the directory %s has no %s and %d checkpoints",
            directory,
            SAVED_MODEL,
            indexes.size()),
        Cure.of(
            indexes.isEmpty()
                ? "It is not a module, or its download was cut off: delete it and fetch it again."
                : "Pass the prefix of one of the checkpoints."));
  }

  private SavedModel parse(Path file) throws IOException {
    long length = fileSystem.getFileStatus(file).getLen();
    if (length > MAX_SAVED_MODEL_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has %d bytes; at most %d are read",
              file,
              length,
              MAX_SAVED_MODEL_BYTES));
    }
    byte[] bytes = new byte[(int) length];
    try (FSDataInputStream in = fileSystem.open(file)) {
      in.readFully(0, bytes);
    }
    try {
      SavedModel model = SavedModel.parseFrom(bytes);
      if (model.getMetaGraphsCount() == 0) {
        throw new IOException("it has no graph");
      }
      return model;
    } catch (IOException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: %s", file, e.getMessage()), e);
    }
  }

  /** By {@code tensorflow_hub.ModuleDef}; TF Hub's own reader refuses other formats too. */
  private boolean isTf1Module(Path directory) throws IOException {
    Path file = new Path(directory, TF1_MODULE);
    if (!fileSystem.exists(file)) {
      return false;
    }
    long format = 0;
    try (FSDataInputStream in = fileSystem.open(file)) {
      CodedInputStream fields = CodedInputStream.newInstance(in);
      for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        int type = WireFormat.getTagWireType(tag);
        if (field == FORMAT_FIELD && type == WireFormat.WIRETYPE_VARINT) {
          format = fields.readInt64();
        } else if (field == REQUIRED_FEATURES_FIELD) {
          throw new ModelLoadException(
              name,
              "it requires features of the module format that this version doesn't know",
              Cure.of("Use a module of another version."));
        } else {
          fields.skipField(tag);
        }
      }
    }
    if (format != FORMAT_V3) {
      throw new ModelLoadException(
          name,
          String.format(
              Locale.ROOT,
              "its %s says format %d; only %d is known",
              TF1_MODULE,
              format,
              FORMAT_V3),
          Cure.of("Fetch the module again."));
    }
    return true;
  }
}
