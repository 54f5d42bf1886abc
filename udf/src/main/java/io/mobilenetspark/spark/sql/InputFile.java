package io.mobilenetspark.spark.sql;

import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What {@code input_file_name()}, {@code input_file_block_start()} and {@code
 * input_file_block_length()} give: Spark keeps it for the file that a thread reads, not for the row
 * that it works on. An operator that reads rows ahead must put it back for each row that it hands
 * out, and as it was before it reads on. Delta Lake finds the files of a DELETE by it.
 *
 * @param path empty where no file is read
 */
record InputFile(UTF8String path, long start, long length) {

  /** That of this thread. */
  static InputFile current() {
    return new InputFile(
        InputFileBlockHolder.getInputFilePath(),
        InputFileBlockHolder.getStartOffset(),
        InputFileBlockHolder.getLength());
  }

  /** Makes it this thread's. */
  void restore() {
    if (path.numBytes() == 0) {
      InputFileBlockHolder.unset();
    } else if (!path.equals(InputFileBlockHolder.getInputFilePath())
        || start != InputFileBlockHolder.getStartOffset()) {
      InputFileBlockHolder.set(path.toString(), start, length);
    }
  }
}
