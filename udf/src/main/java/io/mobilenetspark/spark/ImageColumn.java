package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The column types that hold images, and how an image is read out of a row. */
public sealed interface ImageColumn extends Serializable {

  /** The structs that hold an image, for messages. */
  String ACCEPTED_STRUCTS =
      "the row of Spark's binaryFile source (a struct with 'content') or the struct of Spark's image"
          + " source (height, width, nChannels, data)";

  /** What users are told that is accepted. */
  String ACCEPTED =
      "BINARY (an image file's bytes), STRING (an image file's path), " + ACCEPTED_STRUCTS;

  /** The path of an image file. */
  record Location() implements ImageColumn {}

  /** The row holds the image itself. */
  sealed interface InRow extends ImageColumn {

    /** The image in a row's column. The row may be reused afterwards. */
    ImageInput read(InternalRow row, int ordinal);
  }

  /** The bytes of an image file. */
  record Content() implements InRow {
    @Override
    public ImageInput read(InternalRow row, int ordinal) {
      return row.isNullAt(ordinal)
          ? new ImageInput.Missing()
          : new ImageInput.Encoded(row.getBinary(ordinal));
    }
  }

  /** A struct of so many fields with the bytes of an image file in one of them. */
  record ContentStruct(int fields, int content) implements InRow {
    @Override
    public ImageInput read(InternalRow row, int ordinal) {
      if (row.isNullAt(ordinal)) {
        return new ImageInput.Missing();
      }
      return new Content().read(row.getStruct(ordinal, fields), content);
    }
  }

  /** Spark's {@code image} struct of so many fields: which field is which. */
  record PixelStruct(int fields, int height, int width, int channels, int data) implements InRow {
    @Override
    public ImageInput read(InternalRow row, int ordinal) {
      if (row.isNullAt(ordinal)) {
        return new ImageInput.Missing();
      }
      InternalRow image = row.getStruct(ordinal, fields);
      if (image.isNullAt(data)) {
        return new ImageInput.Missing();
      }
      return new ImageInput.Pixels(
          image.getInt(width), image.getInt(height), image.getInt(channels), image.getBinary(data));
    }
  }

  /** How images are read out of a column of this type, or null if they can't be. */
  static @Nullable ImageColumn of(DataType type) {
    if (type instanceof BinaryType) {
      return new Content();
    } else if (type instanceof StringType) {
      return new Location();
    } else if (type instanceof StructType struct) {
      return ofStruct(struct);
    }
    return null;
  }

  private static @Nullable ImageColumn ofStruct(StructType struct) {
    int fields = struct.length();
    int content = index(struct, "content", DataTypes.BinaryType);
    if (content >= 0) {
      return new ContentStruct(fields, content);
    }
    int height = index(struct, "height", DataTypes.IntegerType);
    int width = index(struct, "width", DataTypes.IntegerType);
    int channels = index(struct, "nChannels", DataTypes.IntegerType);
    int data = index(struct, "data", DataTypes.BinaryType);
    if (height >= 0 && width >= 0 && channels >= 0 && data >= 0) {
      return new PixelStruct(fields, height, width, channels, data);
    }
    return null;
  }

  private static int index(StructType struct, String name, DataType type) {
    StructField[] fields = struct.fields();
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].name().equals(name) && fields[i].dataType().equals(type)) {
        return i;
      }
    }
    return -1;
  }

  /** The names and types of a table's columns, for messages. */
  static String describe(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> field.name() + " " + field.dataType().simpleString())
        .collect(Collectors.joining(", "));
  }
}
