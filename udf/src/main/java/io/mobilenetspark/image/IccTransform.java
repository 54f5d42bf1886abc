package io.mobilenetspark.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/** Converts 8-bit pixels of a profile's colors to sRGB, with the JDK's color management. */
final class IccTransform {

  /** Profiles of printers have one megabyte to eight; more is an attempt on the parser. */
  static final int MAX_PROFILE = 16 << 20;

  /** The header and the count of tags (ICC.1, 7.2). */
  private static final int MIN_PROFILE = 132;

  private static final int PIXELS_AT_ONCE = 1 << 16;

  private final ColorConvertOp conversion;
  private final int components;

  private IccTransform(ColorConvertOp conversion, int components) {
    this.conversion = conversion;
    this.components = components;
  }

  /** The transform of an image's own profile; null if it has none that can be used. */
  static @Nullable IccTransform of(ImageFormat format, byte[] bytes) {
    byte[] profile = EmbeddedProfile.of(format, bytes, MAX_PROFILE);
    if (profile == null || profile.length < MIN_PROFILE || profile.length > MAX_PROFILE) {
      return null;
    }
    try {
      ICC_Profile source = ICC_Profile.getInstance(profile);
      int type = source.getColorSpaceType();
      if (type != ColorSpace.TYPE_GRAY
          && type != ColorSpace.TYPE_RGB
          && type != ColorSpace.TYPE_CMYK) {
        return null;
      }
      ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
      IccTransform transform =
          new IccTransform(
              new ColorConvertOp(new ICC_Profile[] {source, srgb}, null),
              source.getNumComponents());
      // The profile is looked at when it is first used: better now than within an image.
      transform.convert(new byte[transform.components], new byte[3], 1);
      return transform;
    } catch (RuntimeException e) {
      return null; // the ways in which profiles are broken are many: CMMException, bounds, ...
    }
  }

  /** The kind of colors that an image's profile claims. */
  enum Claim {
    NONE,
    /** Of primaries and curves. */
    LIGHT,
    /** Of tables that colors are looked up in. */
    TABLES,
    INKS
  }

  /** What the profile's header claims, where the options have it applied. */
  static Claim claim(ImageHeader header, byte[] bytes, ImageOptions options) {
    if (options.get(ImageSettings.COLOR_PROFILE) != ColorProfile.SRGB) {
      return Claim.NONE;
    }
    byte[] profile = EmbeddedProfile.of(header.format(), bytes, MAX_PROFILE);
    if (profile == null || profile.length < MIN_PROFILE) {
      return Claim.NONE;
    }
    if (Bytes.u32be(profile, 16) == 0x434d594bL) {
      return Claim.INKS;
    }
    return hasTables(profile) ? Claim.TABLES : Claim.LIGHT;
  }

  /** A tag A2B0, A2B1, A2B2 or one of their kin of real numbers, D2B0 to D2B3 (ICC.1, 9.2). */
  private static boolean hasTables(byte[] profile) {
    long tags = Bytes.u32be(profile, 128);
    for (long i = 0, at = 132; i < tags && at + 12 <= profile.length; i++, at += 12) {
      int first = profile[(int) at];
      if ((first == 'A' || first == 'D') && profile[(int) at + 1] == '2') {
        return true;
      }
    }
    return false;
  }

  /** 1 for gray, 3 for RGB, 4 for CMYK. */
  int components() {
    return components;
  }

  /** Interleaved pixels to interleaved sRGB. Ink of CMYK is 255 where it is full. */
  void convert(byte[] from, byte[] rgb, int pixels) {
    conversion.filter(interleaved(from, components, pixels), interleaved(rgb, 3, pixels));
  }

  private static WritableRaster interleaved(byte[] data, int bands, int pixels) {
    int[] offsets = new int[bands];
    for (int band = 0; band < bands; band++) {
      offsets[band] = band;
    }
    DataBuffer buffer = new DataBufferByte(data, bands * pixels);
    return Raster.createInterleavedRaster(buffer, pixels, 1, bands * pixels, bands, offsets, null);
  }

  /** Converts an image of RGB or, with a gray profile, of equal values, where it is. */
  void apply(DecodedImage image) {
    ByteDataBuffer data = image.rgb().asRawTensor().data();
    long pixels = (long) image.height() * image.width();
    byte[] rgb = new byte[3 * (int) Math.min(pixels, PIXELS_AT_ONCE)];
    byte[] gray = new byte[components == 1 ? rgb.length / 3 : 0];
    for (long at = 0; at < pixels; at += PIXELS_AT_ONCE) {
      int count = (int) Math.min(PIXELS_AT_ONCE, pixels - at);
      data.offset(3 * at).read(rgb, 0, 3 * count);
      for (int i = 0; i < gray.length; i++) {
        gray[i] = rgb[3 * i];
      }
      convert(components == 1 ? gray : rgb.clone(), rgb, count);
      data.offset(3 * at).write(rgb, 0, 3 * count);
    }
  }
}
