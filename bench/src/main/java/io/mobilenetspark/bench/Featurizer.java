package io.mobilenetspark.bench;

import java.util.List;

/** What a task of {@link SparkPeer} holds: photographs in, vectors out. */
interface Featurizer extends AutoCloseable {

  /** The features of each JPEG. */
  float[][] run(List<byte[]> jpegs) throws Exception;

  @Override
  void close();
}
