package io.mobilenetspark.model.hub;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.mobilenetspark.common.ImageSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * What TF Hub attaches to an image module's graphs: the image size it expects. The messages are
 * {@code tensorflow_hub.ModuleAttachment} and {@code tensorflow_hub.ImageModuleInfo}; TensorFlow
 * has no classes of them.
 *
 * @see <a
 *     href="https://github.com/tensorflow/hub/blob/v0.12.0/tensorflow_hub/image_module_info.proto">image_module_info.proto</a>
 */
public final class ImageModuleInfo {

  /** Key of the collection that holds the attachments. */
  public static final String COLLECTION = "hub_module_attachments";

  private static final String KEY = "image_module_info";
  private static final int ATTACHMENT_KEY = 1;
  private static final int ATTACHMENT_VALUE = 2;
  private static final int DEFAULT_IMAGE_SIZE = 1;
  private static final int HEIGHT = 1;
  private static final int WIDTH = 2;

  private ImageModuleInfo() {}

  /**
   * The size among a graph's attachments; the last one counts.
   *
   * @throws InvalidProtocolBufferException if an attachment is damaged
   */
  static Optional<ImageSize> find(List<ByteString> attachments)
      throws InvalidProtocolBufferException {
    Optional<ImageSize> found = Optional.empty();
    for (ByteString attachment : attachments) {
      Fields fields = Fields.parse(attachment);
      if (fields.bytes(ATTACHMENT_KEY).equals(ByteString.copyFromUtf8(KEY))) {
        Fields info = Fields.parse(fields.bytes(ATTACHMENT_VALUE));
        Fields size = Fields.parse(info.bytes(DEFAULT_IMAGE_SIZE));
        long height = size.number(HEIGHT);
        long width = size.number(WIDTH);
        found =
            InputSizes.isPossible(height, width)
                ? Optional.of(new ImageSize((int) height, (int) width))
                : Optional.empty();
      }
    }
    return found;
  }

  /** The attachment that says a size. */
  public static ByteString attachment(ImageSize size) {
    byte[] extent =
        message(
            out -> {
              out.writeInt32(HEIGHT, size.height());
              out.writeInt32(WIDTH, size.width());
            });
    byte[] info = message(out -> out.writeByteArray(DEFAULT_IMAGE_SIZE, extent));
    return ByteString.copyFrom(
        message(
            out -> {
              out.writeString(ATTACHMENT_KEY, KEY);
              out.writeByteArray(ATTACHMENT_VALUE, info);
            }));
  }

  private interface Body {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      body.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes everything
    }
    return bytes.toByteArray();
  }

  /** The last value of the fields 1 and 2 of a message. */
  private static final class Fields {
    private final long[] numbers = new long[3];
    private final ByteString[] bytes = {ByteString.EMPTY, ByteString.EMPTY, ByteString.EMPTY};

    static Fields parse(ByteString message) throws InvalidProtocolBufferException {
      Fields fields = new Fields();
      CodedInputStream in = message.newCodedInput();
      try {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          int field = WireFormat.getTagFieldNumber(tag);
          int type = WireFormat.getTagWireType(tag);
          if (field <= 2 && type == WireFormat.WIRETYPE_VARINT) {
            fields.numbers[field] = in.readInt64();
          } else if (field <= 2 && type == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            fields.bytes[field] = in.readBytes();
          } else {
            in.skipField(tag);
          }
        }
      } catch (InvalidProtocolBufferException e) {
        throw e;
      } catch (IOException e) {
        throw new InvalidProtocolBufferException(e);
      }
      return fields;
    }

    long number(int field) {
      return numbers[field];
    }

    ByteString bytes(int field) {
      return bytes[field];
    }
  }
}
