package io.mobilenetspark.jobs.web;

import com.sun.net.httpserver.HttpServer;
import io.mobilenetspark.jobs.common.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server of the search page: that of the JDK, with limits on the time and the number of
 * connections.
 */
public final class SearchServer implements AutoCloseable {

  /** Who may ask without a token. */
  public enum Access {
    /** Who reaches the loopback address; all others need a token. */
    THIS_MACHINE,
    /** Nobody. */
    TOKEN
  }

  private static final int SECONDS_TO_SEND = 30;
  private static final int SECONDS_TO_ANSWER = 900;

  /** A thread each: one that sends nothing holds it until its time is over. */
  private static final int CONNECTIONS = 256;

  private final HttpServer server;
  private final ExecutorService threads;
  private final InetAddress bound;
  private final HostNames names;
  private final @Nullable AccessToken token;

  private SearchServer(
      HttpServer server, ExecutorService threads, HostNames names, @Nullable AccessToken token) {
    this.server = server;
    this.threads = threads;
    this.bound = server.getAddress().getAddress();
    this.names = names;
    this.token = token;
  }

  /**
   * Binds an address; requests wait until {@link #start}.
   *
   * @param address a name or an address of this machine
   * @param port 0 for any that is free
   * @throws UserException if it can't be bound
   */
  public static SearchServer bind(String address, int port, Access access) {
    limit("maxReqTime", SECONDS_TO_SEND);
    limit("maxRspTime", SECONDS_TO_ANSWER);
    if (System.getProperty("jdk.httpserver.maxConnections") == null) {
      System.setProperty("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS));
    }
    try {
      InetAddress bound = InetAddress.getByName(address);
      HttpServer server = HttpServer.create(new InetSocketAddress(bound, port), 0);
      boolean isOpen = bound.isLoopbackAddress() && access == Access.THIS_MACHINE;
      return new SearchServer(
          server, threads(), HostNames.of(address, bound), isOpen ? null : AccessToken.random());
    } catch (UnknownHostException e) {
      throw UserException.usage("--address: there is no address of the name " + address + ".");
    } catch (BindException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "Can't listen at %s, port %d: %s. Pass another --port, or 0 for any that is free; an"
                  + " --address must be this machine's.",
              address,
              port,
              e.getMessage()),
          e);
    } catch (IOException e) {
      throw UserException.input(
          String.format(
              Locale.ROOT, "Can't listen at %s, port %d: %s", address, port, e.getMessage()),
          e);
    }
  }

  /** Of a slow client the JDK's server ends the connection; it has no limits unless told. */
  private static void limit(String name, int seconds) {
    String property = "sun.net.httpserver." + name;
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(seconds));
    }
  }

  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            CONNECTIONS,
            CONNECTIONS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = Executors.defaultThreadFactory().newThread(work);
              thread.setDaemon(true);
              thread.setName("serve-" + thread.getName());
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Where the page is, with the token if there is one. */
  public String url() {
    return String.format(
        Locale.ROOT,
        "http://%s:%d/%s",
        host(),
        port(),
        token == null ? "" : "?token=" + token.text());
  }

  /** One that a browser can be sent to. */
  private String host() {
    if (bound.isAnyLocalAddress()) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
    String address = bound.getHostAddress();
    return bound instanceof Inet6Address ? "[" + address.replaceFirst("%.*", "") + "]" : address;
  }

  int port() {
    return server.getAddress().getPort();
  }

  public boolean hasToken() {
    return token != null;
  }

  /** Whether others than those at this machine reach it. */
  public boolean isExposed() {
    return !bound.isLoopbackAddress();
  }

  /** Begins to answer. */
  public void start(SearchedTable table, SearchLimits limits) {
    server.createContext("/", new SearchHandler(new Gate(names, token, port()), table, limits));
    server.setExecutor(threads);
    server.start();
  }

  /** Ends all connections, whatever is being answered. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
