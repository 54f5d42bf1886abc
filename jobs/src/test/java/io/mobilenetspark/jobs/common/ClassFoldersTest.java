package io.mobilenetspark.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassFoldersTest {

  @Test
  void whatHasFoldersBelowAndNoneAboveIsNoClass() {
    assertThat(ClassFolders.above(List.of())).isEmpty();
    assertThat(ClassFolders.above(List.of("file:/photos/a", "file:/photos/b"))).isEmpty();
    assertThat(ClassFolders.above(List.of("file:/photos", "file:/photos/a", "file:/photos/a/b")))
        .containsExactly("file:/photos");
    assertThat(ClassFolders.above(List.of("/one", "/one/a", "/two", "/two/b", "/oneself")))
        .containsExactly("/one", "/two");
    assertThat(ClassFolders.above(List.of("", "photos", "photos/a"))).containsExactly("photos");
    assertThat(ClassFolders.above(List.of("/", "/a"))).containsExactly("/");
  }
}
