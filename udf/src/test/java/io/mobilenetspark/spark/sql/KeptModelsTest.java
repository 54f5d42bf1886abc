package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeptModelsTest {

  private final AtomicInteger made = new AtomicInteger();

  private Object make() {
    made.incrementAndGet();
    return new Object();
  }

  @Test
  void keepsThoseThatWereUsedLast() {
    KeptModels<String, Object> models = new KeptModels<>(2);
    for (String key : List.of("a", "b", "a", "c", "a", "b")) {
      models.get(key, this::make);
    }
    System.gc();
    assertThat(models.size()).isEqualTo(2);
    int before = made.get();
    models.get("a", this::make);
    models.get("b", this::make);
    assertThat(made).hasValue(before);
  }

  @Test
  void findsWhatSomebodyHolds() {
    KeptModels<String, Object> models = new KeptModels<>(1);
    Object held = models.get("held", this::make);
    for (int i = 0; i < 5; i++) {
      models.get("other" + i, this::make);
    }
    System.gc();
    assertThat(models.get("held", this::make)).isSameAs(held);
    assertThat(made).hasValue(6);
    assertThat(models.size()).isEqualTo(1);
  }

  @Test
  void oneThreadMakesForAllAndOthersAreNotHeldUp() throws Exception {
    KeptModels<String, Object> models = new KeptModels<>(4);
    CountDownLatch isMaking = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(9);
    try {
      List<Future<Object>> same = new ArrayList<>();
      same.add(
          threads.submit(
              () ->
                  models.get(
                      "slow",
                      () -> {
                        isMaking.countDown();
                        awaitUninterrupted(mayEnd);
                        return make();
                      })));
      assertThat(isMaking.await(2, TimeUnit.MINUTES)).isTrue();
      for (int i = 0; i < 7; i++) {
        same.add(threads.submit(() -> models.get("slow", this::make)));
      }
      assertThat(threads.submit(() -> models.get("other", this::make)).get(2, TimeUnit.MINUTES))
          .as("made while the slow one is")
          .isNotNull();
      mayEnd.countDown();
      Object first = same.get(0).get(2, TimeUnit.MINUTES);
      for (Future<Object> one : same) {
        assertThat(one.get(2, TimeUnit.MINUTES)).isSameAs(first);
      }
      assertThat(made).hasValue(2);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void allThatWaitGetTheFailure() throws Exception {
    KeptModels<String, Object> models = new KeptModels<>(2);
    CountDownLatch isMaking = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    IllegalStateException failure = new IllegalStateException("not now");
    try {
      Future<Object> makes =
          threads.submit(
              () ->
                  models.get(
                      "a",
                      () -> {
                        isMaking.countDown();
                        awaitUninterrupted(mayEnd);
                        throw failure;
                      }));
      assertThat(isMaking.await(2, TimeUnit.MINUTES)).isTrue();
      Thread[] waiter = new Thread[1];
      CountDownLatch isAsking = new CountDownLatch(1);
      Future<Object> waits =
          threads.submit(
              () -> {
                waiter[0] = Thread.currentThread();
                isAsking.countDown();
                return models.get("a", this::make);
              });
      assertThat(isAsking.await(2, TimeUnit.MINUTES)).isTrue();
      while (waiter[0].getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      mayEnd.countDown();
      for (Future<Object> one : List.of(makes, waits)) {
        assertThatThrownBy(() -> one.get(2, TimeUnit.MINUTES)).hasCause(failure);
      }
      assertThat(made).hasValue(0);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void failuresAreNotKept() {
    KeptModels<String, Object> models = new KeptModels<>(2);
    assertThatThrownBy(
            () ->
                models.get(
                    "a",
                    () -> {
                      throw new IllegalStateException("not now");
                    }))
        .hasMessage("not now");
    assertThat(models.get("a", this::make)).isNotNull();
  }
}
