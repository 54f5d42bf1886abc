package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class SettingTest {

  private static final Setting<Integer> SIZE =
      Setting.of("maxImageSize", ValueType.whole(1, 9), "the largest image")
          .withDefault(3)
          .withLabel("PIXELS");

  @Test
  void isSpelledAsEachSurfaceSpells() {
    assertThat(SIZE.name()).isEqualTo("maxImageSize");
    assertThat(SIZE.on(Surface.COMMAND_LINE)).isEqualTo("--max-image-size");
    assertThat(SIZE.on(Surface.SQL)).isEqualTo("spark.mobilenet.maxImageSize");
    assertThat(SIZE.on(Surface.STAGE)).isEqualTo("maxImageSize");
    assertThat(SIZE).hasToString("--max-image-size");
    assertThat(Setting.named("labelCol").on(Surface.COMMAND_LINE)).isEqualTo("--label-column");
    Setting<Integer> other = SIZE.but(Surface.SQL, "x");
    assertThat(other.on(Surface.SQL)).isEqualTo("x");
    assertThat(other.on(Surface.STAGE)).isEqualTo("maxImageSize");
    assertThat(SIZE.as(Surface.COMMAND_LINE, "otherSize").on(Surface.COMMAND_LINE))
        .isEqualTo("--other-size");
    assertThat(SIZE.on(Surface.SQL)).as("the first").isEqualTo("spark.mobilenet.maxImageSize");
  }

  @Test
  void keepsWhatIsSaidOfItWhenSomethingIsChanged() {
    Setting<Integer> other = SIZE.withDoc("an image").withScope(Scope.START);
    assertThat(other.sentence()).isEqualTo("An image.");
    assertThat(other.doc()).isEqualTo("an image");
    assertThat(other.scope()).isEqualTo(Scope.START);
    assertThat(other.defaultValue()).contains(3);
    assertThat(other.defaultText()).isEqualTo("3");
    assertThat(other.label()).isEqualTo("PIXELS");
    assertThat(other.withLabel("SIDE").label()).isEqualTo("SIDE");
    assertThat(SIZE.scope()).isEqualTo(Scope.SESSION);
    assertThat(SIZE.doc()).isEqualTo("the largest image");
  }

  @Test
  void hasADefaultOrSaysWhatHolds() {
    Setting<Integer> absent = SIZE.withAbsent("no limit");
    assertThat(absent.defaultValue()).isEmpty();
    assertThat(absent.defaultText()).isEqualTo("no limit");
    assertThatThrownBy(() -> SIZE.withDefault(10)).hasMessageContaining("at most 9");
    assertThat(SIZE.withType(ValueType.whole(2, 4)).type().parse("4")).isEqualTo(4);
  }

  @Test
  void valuesAreThoseThatWereSetOrTheDefaults() {
    Setting<String> name = Setting.of("name", ValueType.text(), "a name").withAbsent("none");
    SettingValues none = SettingValues.none();
    assertThat(none.get(SIZE)).isEqualTo(3);
    assertThat(none.has(SIZE)).isFalse();
    assertThat(none.find(name)).isEmpty();
    assertThatThrownBy(() -> none.get(name)).hasMessage("name is not set");

    SettingValues some = none.with(SIZE, 5).with(name, "a");
    assertThat(some.get(SIZE)).isEqualTo(5);
    assertThat(some.has(SIZE)).isTrue();
    assertThat(some.find(name)).contains("a");
    assertThat(none.has(SIZE)).as("the first").isFalse();
    assertThatThrownBy(() -> none.with(SIZE, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> none.withDefault(SIZE, 0)).hasMessageContaining("at least 1");
  }

  @Test
  void aDefaultOfOnesOwnIsNoValue() {
    SettingValues values = SettingValues.none().withDefault(SIZE, 7);
    assertThat(values.get(SIZE)).isEqualTo(7);
    assertThat(values.has(SIZE)).isFalse();
    assertThat(values.with(SIZE, 2).get(SIZE)).isEqualTo(2);
    assertThat(values).isNotEqualTo(SettingValues.none());
    assertThat(values.hashCode()).isNotEqualTo(SettingValues.none().hashCode());
  }

  @Test
  void othersCountWhereBothHaveAValue() {
    Setting<Integer> width = Setting.of("width", ValueType.whole(1, 9), "w").withDefault(1);
    SettingValues both =
        SettingValues.none()
            .with(SIZE, 4)
            .with(width, 4)
            .with(SettingValues.none().with(SIZE, 6).withDefault(width, 8));
    assertThat(both.get(SIZE)).isEqualTo(6);
    assertThat(both.get(width)).isEqualTo(4);
    assertThat(both).isEqualTo(both.with(SIZE, 6)).isNotEqualTo(both.with(SIZE, 5));
    assertThat(both).hasSameHashCodeAs(both.with(SIZE, 6)).isNotEqualTo("{}");
    assertThat(both).hasToString("{maxImageSize=6, width=4}");
    assertThat(SettingValues.none().with(SettingValues.none().withDefault(width, 8)).get(width))
        .as("the others' default")
        .isEqualTo(8);
  }

  @Test
  void goesToOtherJvms() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(SIZE.but(Surface.STAGE, "size"));
      out.writeObject(SettingValues.none().with(SIZE, 5));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Setting<?> read = (Setting<?>) in.readObject();
      assertThat(read.on(Surface.STAGE)).isEqualTo("size");
      assertThat(read.defaultText()).isEqualTo("3");
      assertThat(((SettingValues) in.readObject()).get(SIZE)).isEqualTo(5);
    }
  }

  @Test
  void anErrorIsSpelledForWhoReadsIt() {
    SettingException error = new SettingException("%s is %d. Set it lower.", SIZE, 12);
    assertThat(error).hasMessage("maxImageSize is 12. Set it lower.");
    assertThat(SettingException.message(error, Surface.COMMAND_LINE))
        .isEqualTo("--max-image-size is 12. Set it lower.");
    assertThat(SettingException.message(new IllegalStateException("x"), Surface.SQL))
        .isEqualTo("x");
  }
}
