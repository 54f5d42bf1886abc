package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Assumptions;
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
    return places
        .whyWaitFor("file:" + directory + "/" + place, Collections.max(places.depths()))
        .map(EmptyPlaces.Reason::place);
  }

  @Test
  void inputThatIsNamedIsWaitedFor() {
    EmptyPlaces places = places("a", "b");
    assertThat(folder(places, "b")).contains("The input file:" + directory + "/b");
    assertThat(folder(places, "c")).as("no input any more").isEmpty();
    assertThat(folder(places, "b/photos")).as("below").isEmpty();
    assertThat(places.depths()).hasSize(1);
  }

  /** Of a group at the depth of the deeper input, those above it are files beside its folders. */
  @Test
  void filesOfTheShallowerInputAreNotAllOfIt() {
    EmptyPlaces places = places("a", "q/deep");
    String shallow = "file:" + directory + "/a";
    List<Integer> depths = List.copyOf(places.depths());

    assertThat(depths).hasSize(2);
    assertThat(places.whyWaitFor(shallow, depths.get(0))).isPresent();
    assertThat(places.whyWaitFor(shallow, depths.get(1))).isEmpty();
  }

  /** Nobody can tell that it is empty. */
  @Test
  void folderThatCantBeLookedIntoIsNotEmpty() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("b/closed"));
    Files.setPosixFilePermissions(closed, Set.of());
    Assumptions.assumeFalse(Files.isReadable(closed), "root reads all folders");
    assertThat(folder(places("*/photos"), "b/photos")).isEmpty();
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
