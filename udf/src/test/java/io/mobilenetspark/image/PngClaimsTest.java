package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PNGs of some hundred bytes with a chunk that claims two gigabytes. */
class PngClaimsTest {

  private static final int CLAIM = 0x7f000000;

  /** The memory that is cleared takes 800 ms or more. */
  private static final long MOST_MILLIS = 200;

  private static final byte[] PNG = SampleImages.png(new int[16][16]);

  @ParameterizedTest
  @ValueSource(strings = {"tEXt", "zTXt", "iTXt", "iCCP", "sPLT", "eXIf", "pCAL", "sCAL", "abCd"})
  void aClaimBuysNoMemory(String type) {
    int afterHeader = 33;
    int end = PngChunks.find(PNG, PngChunks.IEND);
    for (int at : new int[] {afterHeader, end}) {
      for (int content : new int[] {0, 3, 100}) {
        assertIsCheap(claiming(type, at, content));
      }
    }
  }

  private static byte[] claiming(String type, int at, int content) {
    byte[] chunk =
        ByteBuffer.allocate(8 + content)
            .putInt(CLAIM)
            .put(type.getBytes(StandardCharsets.ISO_8859_1))
            .array();
    return SampleImages.concat(Arrays.copyOf(PNG, at), chunk);
  }

  private static void assertIsCheap(byte[] png) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (TestReader reader = new TestReader()) {
      ImageOptions options = TestReader.options(16, 16);
      reader.outcome(TestReader.encoded(PNG), options); // loads TensorFlow
      long before = threads.getCurrentThreadCpuTime();
      ImageOutcome outcome = reader.outcome(TestReader.encoded(png), options);
      long took = (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
      assertThat(outcome.status()).isEqualTo(ImageStatus.TRUNCATED);
      assertThat(took).as("CPU milliseconds").isLessThan(MOST_MILLIS);
    }
  }
}
