package io.mobilenetspark.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server is called by its own names, however they are written. */
class HostNamesTest {

  private static InetAddress address(String literal) throws Exception {
    return InetAddress.getByName(literal);
  }

  @Test
  void ofALoopbackAddress() throws Exception {
    HostNames names = HostNames.of("::1", address("::1"));
    for (String own : List.of("[::1]", "[::1]:80", "[0:0:0:0:0:0:0:1]", "localhost:9")) {
      assertThat(names.have(own)).as(own).isTrue();
    }
    for (String other :
        List.of("::1", "[::2]", "[", "[]", "[::1", "[::1]x", "[::1]:", "127.0.0.1", "[:::]")) {
      assertThat(names.have(other)).as(other).isFalse();
    }
  }

  /** No address but its own, so that a name of another network does not do. */
  @Test
  void ofOneAddress() throws Exception {
    HostNames names = HostNames.of("Server.Example", address("192.0.2.7"));
    assertThat(names.have("192.0.2.7:8417")).isTrue();
    assertThat(names.have("server.example")).isTrue();
    for (String other : List.of("127.0.0.1", "192.0.2.8", "x.server.example", "999.0.2.7")) {
      assertThat(names.have(other)).as(other).isFalse();
    }
  }

  @Test
  void ofAllAddresses() throws Exception {
    HostNames names = HostNames.of("0.0.0.0", address("0.0.0.0"));
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .forEach(
            own -> {
              String text = own.getHostAddress().replaceFirst("%.*", "");
              assertThat(names.have(own instanceof Inet6Address ? "[" + text + "]" : text))
                  .as(text)
                  .isTrue();
            });
    assertThat(names.have("localhost")).isTrue();
    assertThat(names.have("evil.example")).isFalse();
    assertThat(names.have("192.0.2.7")).isFalse();
  }
}
