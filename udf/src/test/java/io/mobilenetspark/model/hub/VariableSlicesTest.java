package io.mobilenetspark.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SaveSliceInfoDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class VariableSlicesTest {

  /** Of int16, each of which is its own flat index. */
  private static TensorProto whole(int... shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    int elements = 1;
    for (int size : shape) {
      proto.addDimBuilder().setSize(size);
      elements *= size;
    }
    ByteBuffer content = ByteBuffer.allocate(2 * elements);
    for (int i = 0; i < elements; i++) {
      content.putShort((short) i);
    }
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_INT16)
        .setTensorShape(proto)
        .setTensorContent(ByteString.copyFrom(content.array()))
        .build();
  }

  private static SaveSliceInfoDef slice(int[] offset, int[] shape) {
    SaveSliceInfoDef.Builder slice = SaveSliceInfoDef.newBuilder().setFullName("v");
    for (int value : offset) {
      slice.addVarOffset(value);
    }
    for (int value : shape) {
      slice.addVarShape(value);
    }
    return slice.build();
  }

  /** Against three nested loops. */
  @Test
  void partsAreThoseOfTheWhole() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      int[] size = {1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(4)};
      int[] offset = new int[3];
      int[] length = new int[3];
      for (int d = 0; d < 3; d++) {
        offset[d] = random.nextInt(size[d] + 1);
        length[d] = random.nextInt(size[d] - offset[d] + 1);
      }
      ByteBuffer expected = ByteBuffer.allocate(2 * length[0] * length[1] * length[2]);
      for (int a = 0; a < length[0]; a++) {
        for (int b = 0; b < length[1]; b++) {
          for (int c = 0; c < length[2]; c++) {
            int row = (offset[0] + a) * size[1] + offset[1] + b;
            expected.putShort((short) (row * size[2] + offset[2] + c));
          }
        }
      }
      TensorProto cut = VariableSlices.cut(whole(size), slice(offset, length));
      assertThat(cut.getTensorContent().toByteArray()).isEqualTo(expected.array());
      assertThat(cut.getDtype()).isEqualTo(DataType.DT_INT16);
      assertThat(cut.getTensorShape().getDimList().stream().mapToInt(dim -> (int) dim.getSize()))
          .containsExactly(length[0], length[1], length[2]);
    }
  }

  @Test
  void aScalarIsItsOnlyPart() throws IOException {
    TensorProto scalar = whole();
    assertThat(VariableSlices.cut(scalar, slice(new int[0], new int[0]))).isEqualTo(scalar);
  }

  @Test
  void aWholeOfNothingHasAPartOfNothing() throws IOException {
    assertThat(
            VariableSlices.cut(whole(0, 3), slice(new int[] {0, 1}, new int[] {0, 2}))
                .getTensorContent())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, -1", "0, 4", "3, 1", "2147483647, 1"})
  void partsOutsideAreRefused(int offset, int length) {
    assertThatThrownBy(
            () -> VariableSlices.cut(whole(3), slice(new int[] {offset}, new int[] {length})))
        .as(String.format(Locale.ROOT, "%d from %d", length, offset))
        .isInstanceOf(DamagedGraphException.class)
        .hasMessage("a part of variable 'v' lies outside it");
  }

  @Test
  void partsHaveAsManyDimensions() {
    for (SaveSliceInfoDef other :
        new SaveSliceInfoDef[] {
          slice(new int[] {0, 0}, new int[] {1}), slice(new int[] {0}, new int[] {1, 1})
        }) {
      assertThatThrownBy(() -> VariableSlices.cut(whole(3), other))
          .hasMessage("a part of variable 'v' has another number of dimensions");
    }
  }
}
