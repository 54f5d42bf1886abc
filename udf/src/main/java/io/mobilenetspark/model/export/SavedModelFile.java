package io.mobilenetspark.model.export;

import com.google.protobuf.CodedOutputStream;
import io.mobilenetspark.model.hub.ModuleReader;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.SavedModel;

/** Writes {@code saved_model.pb}. */
final class SavedModelFile {

  private SavedModelFile() {}

  /**
   * The same model gives the same bytes in every process: maps are written in their keys' order.
   */
  static void write(SavedModel model, FileSystem fileSystem, Path directory) throws IOException {
    Path file = new Path(directory, ModuleReader.SAVED_MODEL);
    try (OutputStream out = fileSystem.create(file, false)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.useDeterministicSerialization();
      model.writeTo(coded);
      coded.flush();
    }
  }
}
