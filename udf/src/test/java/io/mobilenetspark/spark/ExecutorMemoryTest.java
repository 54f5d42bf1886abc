package io.mobilenetspark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutorMemoryTest {

  @ParameterizedTest
  @CsvSource({
    "local[2],,,-1",
    "spark://host:7077,,,-1",
    "spark://host:7077,2g,,2048",
    "yarn,1536,,1536",
    "yarn,,2g,384",
    "yarn,,16g,1638",
    "k8s://https://host,,8g,819",
  })
  void overheadIsWhatSparkGrants(String master, String overhead, String heap, long mebibytes) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    if (overhead != null) {
      conf.set("spark.executor.memoryOverhead", overhead);
    }
    if (heap != null) {
      conf.set("spark.executor.memory", heap);
    }
    assertThat(ExecutorMemory.overheadBytes(conf)).isEqualTo(mebibytes < 0 ? -1 : mebibytes << 20);
  }
}
