package io.mobilenetspark.model.handle;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Which addresses are the public internet's. By the registries of special-purpose addresses (IANA;
 * RFC 6890): what is loopback, private, link-local (cloud metadata), shared, multicast, reserved,
 * or carries an IPv4 address inside an IPv6 one, is not.
 */
public final class PublicAddresses {

  /** First four bytes and length of each special block of IPv4. */
  private static final long[][] SPECIAL_IPV4 = {
    {0x00000000L, 8}, // this network
    {0x0A000000L, 8}, // private
    {0x64400000L, 10}, // shared by carriers
    {0x7F000000L, 8}, // loopback
    {0xA9FE0000L, 16}, // link-local
    {0xAC100000L, 12}, // private
    {0xC0000000L, 24}, // protocol assignments
    {0xC0000200L, 24}, // documentation
    {0xC0586300L, 24}, // 6to4 relays
    {0xC0A80000L, 16}, // private
    {0xC6120000L, 15}, // benchmarks
    {0xC6336400L, 24}, // documentation
    {0xCB007100L, 24}, // documentation
    {0xE0000000L, 3}, // multicast, reserved, broadcast
  };

  /** The same within IPv6's global unicast, 2000::/3, outside of which nothing is public. */
  private static final long[][] SPECIAL_IPV6 = {
    {0x20010000L, 23}, // protocol assignments, Teredo
    {0x20010DB8L, 32}, // documentation
    {0x20020000L, 16}, // 6to4
    {0x3FFF0000L, 20}, // documentation
  };

  private PublicAddresses() {}

  /** Whether it is one. */
  public static boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress(); // Java itself takes IPv4 out of ::ffff:0:0/96
    long first = 0;
    for (int i = 0; i < 4; i++) {
      first = (first << 8) | (bytes[i] & 0xFF);
    }
    return address instanceof Inet4Address
        ? !isIn(first, SPECIAL_IPV4)
        : first >>> 29 == 1 && !isIn(first, SPECIAL_IPV6);
  }

  private static boolean isIn(long address, long[][] blocks) {
    for (long[] block : blocks) {
      int shift = (int) (32 - block[1]);
      if (address >>> shift == block[0] >>> shift) {
        return true;
      }
    }
    return false;
  }
}
