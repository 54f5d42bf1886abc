package io.mobilenetspark.image;

/** Lays colors with alpha over a background. All values are 0 to 255. */
final class AlphaBlend {

  private AlphaBlend() {}

  /** A color value that its alpha has not been multiplied into. */
  static int straight(AlphaMode mode, int color, int alpha) {
    return switch (mode) {
      case DROP -> color;
      case WHITE -> (color * alpha + 255 * (255 - alpha) + 127) / 255;
      case BLACK -> (color * alpha + 127) / 255;
    };
  }

  /** A color value that holds its alpha already. */
  static int premultiplied(AlphaMode mode, int color, int alpha) {
    return switch (mode) {
      case DROP, BLACK -> color;
      case WHITE -> Math.min(255, color + 255 - alpha);
    };
  }

  /** Interleaved RGBA to interleaved RGB. */
  static void rgba(AlphaMode mode, byte[] rgba, byte[] rgb, int pixels) {
    for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4) {
      int alpha = Bytes.u8(rgba, from + 3);
      for (int c = 0; c < 3; c++) {
        rgb[to++] = (byte) straight(mode, Bytes.u8(rgba, from + c), alpha);
      }
    }
  }
}
