package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobilenetspark.testing.Modules;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.OpDef;

/** The same graph gives the same bytes, whatever order TensorFlow's maps have this time. */
class GraphBytesTest {

  private static final int LOADS = 5; // TensorFlow's own order differs nearly each time

  @Test
  void eachLoadOfOneModelGivesTheSameBytes() {
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < LOADS; i++) {
      digests.add(Modules.load(ModelRequest.of("builtin").withImageSize(224, 224)).graphSha256());
    }
    assertThat(digests).hasSize(1);
  }

  @Test
  void librariesAreInTheirNamesOrder() throws InvalidProtocolBufferException {
    GraphDef ab = withFunctions("a", "b");
    assertThat(GraphBytes.of(withFunctions("b", "a"))).isEqualTo(GraphBytes.of(ab));
    assertThat(GraphDef.parseFrom(GraphBytes.of(ab))).isEqualTo(ab);
    assertThat(GraphBytes.of(withFunctions("a", "c"))).isNotEqualTo(GraphBytes.of(ab));
  }

  private static GraphDef withFunctions(String... names) {
    FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
    for (String name : names) {
      library.addFunction(FunctionDef.newBuilder().setSignature(OpDef.newBuilder().setName(name)));
    }
    return GraphDef.newBuilder().setLibrary(library).build();
  }
}
