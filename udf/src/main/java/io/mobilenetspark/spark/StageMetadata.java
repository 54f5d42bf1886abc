package io.mobilenetspark.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.model.handle.Redacted;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
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
public final class StageMetadata {

  /** The key, in the metadata, of the format's version. */
  public static final String FORMAT = "mobilenetFormat";

  /** What this version writes. Raised when earlier versions of this library could not read it. */
  private static final int VERSION = 1;

  private StageMetadata() {}

  /**
   * Writes it.
   *
   * @param facts what the stage adds to it
   */
  public static void write(
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
   * @param stage the class that was saved
   * @throws IllegalArgumentException if there is no such stage there, or one of a later format
   */
  public static DefaultParamsReader.Metadata read(String path, SparkSession spark, String stage) {
    DefaultParamsReader.Metadata metadata = metadata(path, spark, stage);
    int version = json(metadata).path(FORMAT).asInt(VERSION);
    if (version > VERSION) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The %s at %s is of format %d; this version of mobilenet-spark reads formats up to %d."
                  + " Use the version that saved it, or a later one.",
              simpleName(stage),
              Redacted.handle(path),
              version,
              VERSION));
    }
    return metadata;
  }

  private static DefaultParamsReader.Metadata metadata(
      String path, SparkSession spark, String stage) {
    try {
      return DefaultParamsReader.parseMetadata(text(path, ClassicSpark.hadoopConf(spark)), stage);
    } catch (Exception e) { // those of the JSON's parser are checked, and not declared
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "There is no whole %s at %s: %s. Check the path; if a save was interrupted, save it"
                  + " again with write().overwrite().",
              simpleName(stage),
              Redacted.handle(path),
              PathSyntax.misread(path, e).orElseGet(() -> Redacted.message(e))),
          Redacted.cause(e));
    }
  }

  /**
   * The line that MLlib writes. MLlib's own way to read it would be a job of Spark, and would take
   * the path for a pattern: {@code flowers[1]} would be no folder, and {@code {a,../b}} two.
   */
  private static String text(String path, Configuration hadoop) throws IOException {
    Path folder = new Path(path, "metadata");
    FileSystem fileSystem = folder.getFileSystem(hadoop);
    FileStatus[] files = fileSystem.listStatus(folder, file -> file.getName().startsWith("part-"));
    Arrays.sort(files);
    for (FileStatus file : files) {
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file.getPath());
      try (InputStream raw = fileSystem.open(file.getPath());
          InputStream bytes = codec == null ? raw : codec.createInputStream(raw);
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        if (line != null) {
          return line;
        }
      }
    }
    throw new FileNotFoundException("its metadata is empty");
  }

  private static String simpleName(String stage) {
    return stage.substring(stage.lastIndexOf('.') + 1);
  }

  /** All of it: the parameters, and what the stage has added. */
  public static JsonNode json(DefaultParamsReader.Metadata metadata) {
    try {
      return new ObjectMapper().readTree(metadata.metadataJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Spark has just parsed it", e);
    }
  }
}
