package io.mobilenetspark.image;

/** What the images of this JVM hold of its budgets now. */
public final class MemoryInUse {

  private MemoryInUse() {}

  /** Bytes on and beside the Java heap. */
  public static long bytes() {
    return MemoryBudget.ofThisJvm().usedBytes();
  }
}
