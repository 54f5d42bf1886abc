package io.mobilenetspark.jobs.output;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A run in this JVM that is at work on an output until it ends. */
public final class OtherRun {

  private final RunFolder folder;

  private OtherRun(RunFolder folder) {
    this.folder = folder;
  }

  /** Starts one. */
  public static OtherRun on(Path output) throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    return new OtherRun(
        RunFolder.make(
            local,
            RunFolder.beside(
                local.makeQualified(new org.apache.hadoop.fs.Path(output.toString())))));
  }

  /** Ends it. */
  public void end() {
    folder.end();
  }
}
