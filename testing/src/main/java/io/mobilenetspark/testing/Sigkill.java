package io.mobilenetspark.testing;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Ends a process as the kernel does that is out of memory: nothing of it runs any more. */
public final class Sigkill {

  private Sigkill() {}

  /** Does not return. */
  public static void thisProcess() throws IOException {
    String process = Long.toString(ProcessHandle.current().pid());
    new ProcessBuilder("sh", "-c", "kill -KILL " + process).start();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before it was killed", e);
    }
  }
}
