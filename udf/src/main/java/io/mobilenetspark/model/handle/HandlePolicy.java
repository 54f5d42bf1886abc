package io.mobilenetspark.model.handle;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Whom a download may ask. Implementations are immutable and safe for use by many threads. */
public interface HandlePolicy {

  /** Anybody: whoever names the model could open the connection himself. */
  HandlePolicy ANYBODY =
      new HandlePolicy() {
        @Override
        public void check(URI address) {
          // all are welcome
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
          return InetAddress.getAllByName(host);
        }
      };

  /**
   * Called with each address before it is asked: the handle's own, and each that it is redirected
   * to.
   *
   * @throws HandleException if it may not be asked
   */
  void check(URI address) throws HandleException;

  /**
   * The addresses of a host that a connection may be made to, none but these.
   *
   * @throws UnknownHostException if there are none
   */
  InetAddress[] resolve(String host) throws UnknownHostException;
}
