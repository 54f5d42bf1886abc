package io.mobilenetspark.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.PathSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;
import org.json4s.JInt;
import org.json4s.JObject;
import org.json4s.JValue;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.math.BigInt;

/**
 * The metadata of saved stages, as MLlib writes them, with the version of their format: {@value
 * #FORMAT}. What version 0.1.0 wrote before there were versions counts as the first.
 */
final class StageMetadata {

  /** The key, in the metadata, of the format's version. */
  static final String FORMAT = "mobilenetFormat";

  /** What this version writes. Raised when earlier versions of this library could not read it. */
  private static final int VERSION = 1;

  private StageMetadata() {}

  /** Writes it, with what the stage adds to it. */
  static void write(
      Params stage, String path, SparkSession spark, List<Tuple2<String, JValue>> facts) {
    List<Tuple2<String, JValue>> fields = new ArrayList<>(facts);
    fields.add(new Tuple2<>(FORMAT, new JInt(BigInt.apply(VERSION))));
    DefaultParamsWriter.saveMetadata(
        stage,
        path,
        spark,
        Option.apply(new JObject(CollectionConverters.asScala(fields).toList())));
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if there is no such stage there, or one of a later format
   */
  static DefaultParamsReader.Metadata read(String path, SparkSession spark, Class<?> stage) {
    DefaultParamsReader.Metadata metadata = metadata(path, spark, stage);
    int version = json(metadata).path(FORMAT).asInt(VERSION);
    if (version > VERSION) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The %s at %s is of format %d; this version of mobilenet-spark reads formats up to %d."
                  + " Use the version that saved it, or a later one.",
              stage.getSimpleName(),
              path,
              version,
              VERSION));
    }
    return metadata;
  }

  private static DefaultParamsReader.Metadata metadata(
      String path, SparkSession spark, Class<?> stage) {
    try {
      return DefaultParamsReader.loadMetadata(path, spark, stage.getName());
    } catch (Exception e) { // Spark's AnalysisException is checked, and not declared
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no whole %s at %s: %s. Check the path; if a save was interrupted, save it"
                  + " again with write().overwrite().",
              stage.getSimpleName(),
              path,
              PathSyntax.reason(path, e)),
          e);
    }
  }

  /** What the stage has added to it. */
  static JsonNode json(DefaultParamsReader.Metadata metadata) {
    try {
      return new ObjectMapper().readTree(metadata.metadataJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Spark has just parsed it", e);
    }
  }
}
