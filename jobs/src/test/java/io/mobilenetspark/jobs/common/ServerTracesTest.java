package io.mobilenetspark.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerTracesTest {

  /** As a name node in safe mode says it. */
  @Test
  void theServersTraceIsCutOut() {
    String said =
        """
        Cannot create directory /a. Name node is in safe mode.
        It was turned on manually.
        \tat org.apache.hadoop.hdfs.server.namenode.FSNamesystem.mkdirs(FSNamesystem.java:1)
        \tat org.apache.hadoop.ipc.Server$Handler.run(Server.java:3198)
        """;
    assertThat(ServerTraces.without("Can't write to /a: " + said))
        .isEqualTo(
            "Can't write to /a: Cannot create directory /a. Name node is in safe mode.\n"
                + "It was turned on manually.");
    assertThat(ServerTraces.without("Can't commit: " + said + ". Run again."))
        .endsWith("It was turned on manually.\n. Run again.");
    assertThat(ServerTraces.without("one\n\tat a.b(C.java:1)\nCaused by: two"))
        .isEqualTo("one\nCaused by: two");
  }

  @Test
  void otherLinesStay() {
    String message = "Look\n at this:\n  and at that\nat last";
    assertThat(ServerTraces.without("one\n two")).isEqualTo("one\n two");
    assertThat(ServerTraces.without("a photograph at 3 at 4")).isEqualTo("a photograph at 3 at 4");
    assertThat(ServerTraces.without(message.replace("\n at ", "\nat ")))
        .contains("at this", "last");
  }
}
