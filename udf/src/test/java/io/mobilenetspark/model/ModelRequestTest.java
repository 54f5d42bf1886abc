package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ExecutionPath;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;

class ModelRequestTest {

  private static final String HEX = "0123456789abcdef".repeat(4);

  private static ModelRequest everything() {
    return ModelRequest.of("https://anna:secret@hub.example/m/1")
        .withImageSize(96, 128)
        .withPath(ExecutionPath.GENERAL)
        .withTags(Set.of("train", "serve"))
        .withSignature("image")
        .withOutput(ModelRequest.LOGITS)
        .withTrust(Trust.TRUSTED)
        .withSha256(HEX);
  }

  /** Stages keep their models by it, and are written. */
  @Test
  void isAPlainValue() {
    for (ModelRequest request : new ModelRequest[] {everything(), ModelRequest.of("builtin")}) {
      assertThat(SerializationUtils.clone(request)).isEqualTo(request).hasSameHashCodeAs(request);
    }
    assertThat(everything().withTags(Set.of("serve", "train"))).isEqualTo(everything());
    assertThat(everything().withSha256("f".repeat(64))).isNotEqualTo(everything());
    assertThat(everything().redacted().toString()).doesNotContain("secret");
    assertThat(everything().toString()).isEqualTo(everything().redacted().handle());
  }

  @Test
  void whatCanBeNoModelIsRefused() {
    assertThatThrownBy(() -> everything().withSha256("abc"))
        .hasMessage("'abc' is not a SHA-256: 64 hexadecimal digits");
    assertThatThrownBy(() -> everything().withImageSize(0, 224))
        .hasMessage("an image of 0 x 224 pixels; each side must be 1 to 8192");
  }
}
