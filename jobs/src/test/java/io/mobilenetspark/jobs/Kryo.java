package io.mobilenetspark.jobs;

import java.nio.ByteBuffer;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;

/** What may be Spark's serializer, and can't write everything that Java can. */
public final class Kryo {

  private Kryo() {}

  /** Writes a value and reads it again. */
  public static <T> T roundTrip(T value, Class<T> type) {
    SerializerInstance kryo = new KryoSerializer(new SparkConf(false)).newInstance();
    ClassTag<T> tag = ClassTag.apply(type);
    ByteBuffer bytes = kryo.serialize(value, tag);
    return kryo.deserialize(bytes, tag);
  }
}
