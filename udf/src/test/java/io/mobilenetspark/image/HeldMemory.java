package io.mobilenetspark.image;

import java.util.concurrent.CountDownLatch;

/** All of this JVM's memory for images, held until it is given back. */
public final class HeldMemory {

  private final CountDownLatch release = new CountDownLatch(1);
  private final Thread holder;

  public HeldMemory() throws InterruptedException {
    CountDownLatch isHeld = new CountDownLatch(1);
    holder = new Thread(() -> hold(isHeld), "held-memory");
    holder.setDaemon(true);
    holder.start();
    isHeld.await();
  }

  private void hold(CountDownLatch isHeld) {
    MemoryBudget budget = MemoryBudget.ofThisJvm();
    try {
      budget.run(
          new DecodeMemory(budget.heapBytes(), budget.nativeBytes()),
          "the test",
          () -> {},
          () -> {
            isHeld.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return "";
          });
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  public void giveBack() throws InterruptedException {
    release.countDown();
    holder.join();
  }
}
