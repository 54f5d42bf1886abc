package io.mobilenetspark.jobs.web;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that a server has. A page whose own name was made to lead to this machine's address, by
 * DNS, asks with another one. Ports are not looked at: a tunnel may change them.
 */
final class HostNames {

  private static final Pattern HEADER =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/@\\s]+)(:\\d{1,5})?");

  /** What {@link InetAddress} takes for an address, and does not ask DNS for. */
  private static final Pattern LITERAL =
      Pattern.compile("\\[.*]|(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  private final Set<String> names = new HashSet<>();
  private final Set<InetAddress> addresses = new HashSet<>();

  private HostNames() {}

  /**
   * Of a server.
   *
   * @param asked the address as the user wrote it
   * @param bound what it is bound to
   */
  static HostNames of(String asked, InetAddress bound) {
    HostNames all = new HostNames();
    all.names.add(lower(asked));
    all.addresses.add(bound);
    if (bound.isLoopbackAddress() || bound.isAnyLocalAddress()) {
      all.names.add("localhost");
    }
    if (!bound.isLoopbackAddress()) {
      all.addOwnName();
    }
    if (bound.isAnyLocalAddress()) {
      all.addInterfaces();
    }
    return all;
  }

  private void addOwnName() {
    try {
      InetAddress own = InetAddress.getLocalHost();
      names.add(lower(own.getHostName()));
      names.add(lower(own.getCanonicalHostName()));
    } catch (UnknownHostException e) {
      // A machine without a name is called by its addresses.
    }
  }

  private void addInterfaces() {
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(addresses::add);
    } catch (SocketException e) {
      // A machine that does not tell its addresses is called by its names.
    }
  }

  /** Whether the header {@code Host} of a request names this server. */
  boolean have(String header) {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      return false;
    }
    String name = lower(matcher.group("name"));
    if (names.contains(name)) {
      return true;
    }
    return LITERAL.matcher(name).matches() && isOwnAddress(name);
  }

  /** Looks nothing up: it is no name. */
  private boolean isOwnAddress(String literal) {
    try {
      InetAddress named = InetAddress.getByName(literal);
      return addresses.stream().anyMatch(own -> isSame(own, named));
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whatever interface an address of IPv6 says that it belongs to. */
  private static boolean isSame(InetAddress one, InetAddress other) {
    return Arrays.equals(one.getAddress(), other.getAddress());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
