package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.options.Cure;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A policy is asked before anybody else is. */
class HandlePolicyTest extends HandleFixture {

  private final List<URI> asked = new CopyOnWriteArrayList<>();

  HandlePolicyTest() throws IOException {}

  private HandlePolicy policy(String forbiddenPath, String hiddenHost) {
    return new HandlePolicy() {
      @Override
      public void check(URI address) throws HandleException {
        asked.add(address);
        if (address.getPath().equals(forbiddenPath)) {
          throw new HandleException("not from there", Cure.of("Ask elsewhere."));
        }
      }

      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        if (host.equals(hiddenHost)) {
          throw new UnknownHostException(host);
        }
        return InetAddress.getAllByName(host);
      }
    };
  }

  @Test
  void ofEachRedirect() {
    server.on(MODULE, HubServer.redirect(302, server.url("127.0.0.1", "/moved")));
    server.on("/moved", HubServer.ok(archive));
    String handle = server.url("localhost", MODULE);

    assertThatThrownBy(() -> resolve(handle, options().withPolicy(policy("/moved", "nobody"))))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("not from there");
    assertThat(asked).extracting(URI::getPath).containsExactly(MODULE, "/moved");
    assertThat(server.requests()).hasSize(1);
  }

  /** A name server that gave a public address to the check may give another one now. */
  @Test
  void ofTheAddressThatIsConnectedTo() throws IOException {
    server.on(MODULE, HubServer.ok(archive));

    assertThatThrownBy(
            () ->
                resolve(
                    server.url("localhost", MODULE),
                    options().withPolicy(policy("nowhere", "localhost"))))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("localhost can't be reached");
    assertThat(server.requests()).isEmpty();

    assertIsModule(
        resolve(
            server.url("127.0.0.1", MODULE), options().withPolicy(policy("nowhere", "localhost"))));
  }
}
