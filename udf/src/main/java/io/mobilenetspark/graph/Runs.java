package io.mobilenetspark.graph;

import org.tensorflow.proto.RunOptions;

/** How a session's graph is run. */
public final class Runs {

  /** In the caller's thread: tasks of an executor don't queue behind one another. */
  public static final RunOptions IN_CALLERS_THREAD =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private Runs() {}
}
