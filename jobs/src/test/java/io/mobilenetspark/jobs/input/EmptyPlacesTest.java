package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that is gone, and one that may be back. */
class EmptyPlacesTest {

  @TempDir private Path directory;

  @BeforeEach
  void mountOneOfTwo() throws IOException {
    Files.createFile(Files.createDirectories(directory.resolve("a/photos")).resolve("1.png"));
    Files.createDirectory(directory.resolve("b"));
  }

  private EmptyPlaces places(String... inputs) {
    return new EmptyPlaces(
        List.of(inputs).stream().map(input -> directory + "/" + input).toList(),
        new Configuration(false));
  }

  private Optional<String> folder(EmptyPlaces places, String place) {
    return places.whyWaitFor("file:" + directory + "/" + place).map(EmptyPlaces.Reason::place);
  }

  @Test
  void inputThatIsNamedIsWaitedFor() {
    EmptyPlaces places = places("a", "b");
    assertThat(folder(places, "b")).contains("The input file:" + directory + "/b");
    assertThat(folder(places, "c")).as("no input any more").isEmpty();
    assertThat(folder(places, "b/photos")).as("below").isEmpty();
    assertThat(places.depths()).hasSize(1);
  }

  @Test
  void emptyFolderOnTheWayOfAGlobIsWaitedFor() throws IOException {
    for (String glob : List.of("*/photos", "[ab]/photos", "{a,b}/photos/*", "*/*/*.png")) {
      assertThat(folder(places(glob), "b/photos"))
          .as(glob)
          .contains("The folder file:" + directory + "/b of --input " + directory + "/" + glob);
    }
    assertThat(folder(places("x*/photos"), "b/photos")).as("not of this glob").isEmpty();
    Files.createFile(directory.resolve("b/.hidden"));
    Files.createDirectory(directory.resolve("b/lost+found"));
    assertThat(folder(places("*/photos"), "b/photos")).as("no files for a listing").isPresent();
  }

  @Test
  void folderOfAGlobThatIsGoneIsNot() throws IOException {
    assertThat(folder(places("*"), "c")).isEmpty();
    assertThat(folder(places("*/photos"), "c/photos")).isEmpty();
    Files.createFile(directory.resolve("b/other.png"));
    assertThat(folder(places("*/photos"), "b/photos")).as("b is there").isEmpty();
  }
}
