package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mobilenetspark.common.ImageSize;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageModuleInfoTest {

  private static final ByteString ATTACHMENT = ImageModuleInfo.attachment(new ImageSize(96, 128));

  private static ByteString hex(String digits) {
    return ByteString.copyFrom(HexFormat.of().parseHex(digits));
  }

  /** Field 1 is the key, and field 2 the message, of which field 1 is the size. */
  @Test
  void isWrittenAsTfHubWritesIt() {
    assertThat(HexFormat.of().formatHex(ATTACHMENT.toByteArray()))
        .isEqualTo("0a11" + "696d6167655f6d6f64756c655f696e666f" + "1207" + "0a05" + "0860108001");
  }

  @Test
  void theLastOneCounts() throws InvalidProtocolBufferException {
    ByteString other = ImageModuleInfo.attachment(new ImageSize(1, 2));
    assertThat(ImageModuleInfo.find(List.of())).isEmpty();
    assertThat(ImageModuleInfo.find(List.of(other, ATTACHMENT))).contains(new ImageSize(96, 128));
    assertThat(ImageModuleInfo.find(List.of(ATTACHMENT, other))).contains(new ImageSize(1, 2));
  }

  @Test
  void otherAttachmentsAreNoSizes() throws InvalidProtocolBufferException {
    ByteString other = hex("0a01" + "78" + "1207" + "0a05" + "0860108001");
    assertThat(ImageModuleInfo.find(List.of(other))).isEmpty();
    assertThat(ImageModuleInfo.find(List.of(ATTACHMENT, other))).isPresent();
  }

  /** Fields of later versions, and those of the known numbers but of another type. */
  @ParameterizedTest
  @CsvSource({"1801", "1a0178", "0d01020304", "150000803f"})
  void unknownFieldsArePassedOver(String field) throws InvalidProtocolBufferException {
    for (ByteString changed :
        new ByteString[] {ATTACHMENT.concat(hex(field)), hex(field).concat(ATTACHMENT)}) {
      assertThat(ImageModuleInfo.find(List.of(changed))).contains(new ImageSize(96, 128));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, true",
    "8192, 8192, true",
    "0, 1, false",
    "1, 0, false",
    "8193, 1, false",
    "1, 8193, false",
    "-1, 1, false"
  })
  void sizesThatNoInputHasAreNone(int height, int width, boolean isSize)
      throws InvalidProtocolBufferException {
    assertThat(InputSizes.isPossible(height, width)).isEqualTo(isSize);
    if (height > 0 && width > 0) { // others can't be written
      assertThat(
              ImageModuleInfo.find(
                  List.of(ATTACHMENT, ImageModuleInfo.attachment(new ImageSize(height, width)))))
          .isEqualTo(
              isSize
                  ? java.util.Optional.of(new ImageSize(height, width))
                  : java.util.Optional.empty());
    }
  }

  @Test
  void aSizeOfAFileIsNotCutTo32Bits() {
    assertThat(InputSizes.isPossible((1L << 32) + 1, 1)).isFalse();
    assertThat(InputSizes.isPossible(1, (1L << 32) + 1)).isFalse();
    assertThatThrownBy(() -> InputSizes.of(8193, 7))
        .hasMessage("an image of 8193 x 7 pixels; each side must be 1 to 8192");
    assertThat(InputSizes.required(new ImageSize(8192, 7))).isEqualTo(new ImageSize(8192, 7));
  }

  @Test
  void damageIsTold() {
    for (ByteString damaged :
        new ByteString[] {ATTACHMENT.substring(0, ATTACHMENT.size() - 1), hex("0a7f"), hex("00")}) {
      assertThatThrownBy(() -> ImageModuleInfo.find(List.of(damaged)))
          .isInstanceOf(InvalidProtocolBufferException.class);
    }
  }
}
