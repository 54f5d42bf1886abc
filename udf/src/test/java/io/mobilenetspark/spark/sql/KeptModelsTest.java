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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class KeptModelsTest {

  private final AtomicInteger made = new AtomicInteger();

  private Supplier<Object> maker() {
    return () -> {
      made.incrementAndGet();
      return new Object();
    };
  }

  @Test
  void keepsThoseThatWereUsedLast() {
    KeptModels<String, Object> models = new KeptModels<>(2);
    for (String key : List.of("a", "b", "a", "c", "a", "b")) {
      models.get(key, maker());
    }
    System.gc();
    assertThat(models.size()).isEqualTo(2);
    int before = made.get();
    models.get("a", maker());
    models.get("b", maker());
    assertThat(made).hasValue(before);
  }

  @Test
  void findsWhatSomebodyHolds() {
    KeptModels<String, Object> models = new KeptModels<>(1);
    Object held = models.get("held", maker());
    for (int i = 0; i < 5; i++) {
      models.get("other" + i, maker());
    }
    System.gc();
    assertThat(models.get("held", maker())).isSameAs(held);
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
                        try {
                          assertThat(mayEnd.await(30, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                        return maker().get();
                      })));
      assertThat(isMaking.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 7; i++) {
        same.add(threads.submit(() -> models.get("slow", maker())));
      }
      assertThat(threads.submit(() -> models.get("other", maker())).get(30, TimeUnit.SECONDS))
          .as("made while the slow one is")
          .isNotNull();
      mayEnd.countDown();
      Object first = same.get(0).get(30, TimeUnit.SECONDS);
      for (Future<Object> one : same) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isSameAs(first);
      }
      assertThat(made).hasValue(2);
    } finally {
      threads.shutdownNow();
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
    assertThat(models.get("a", maker())).isNotNull();
  }
}
