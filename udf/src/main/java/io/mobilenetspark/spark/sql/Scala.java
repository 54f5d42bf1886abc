package io.mobilenetspark.spark.sql;

import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** What Scala's compiler would do: collections to and fro, and products' elements. */
final class Scala {

  private Scala() {}

  static <T> Seq<T> seq(List<? extends T> list) {
    return CollectionConverters.<T>asScala(List.copyOf(list)).toList();
  }

  static <T> List<T> list(Seq<T> seq) {
    return CollectionConverters.asJava(seq);
  }

  /** A product's element by number; the elements in the order of its constructor. */
  static Object element(int number, Object... elements) {
    return elements[number];
  }
}
