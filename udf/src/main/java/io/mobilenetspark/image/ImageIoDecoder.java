package io.mobilenetspark.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.mobilenetspark.common.ImageSize;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/** Decodes with ImageIO's readers, on the Java heap. */
final class ImageIoDecoder {

  private ImageIoDecoder() {}

  /**
   * Decodes the first frame or page.
   *
   * @param header the header of these bytes, within the limits
   */
  static DecodedImage decode(ImageHeader header, byte[] bytes, ImageOptions options)
      throws RejectedImageException {
    AlphaMode alpha = options.get(ImageSettings.ALPHA);
    try {
      if (header.format() == ImageFormat.WEBP) {
        return decodeWebp(header, bytes, alpha);
      }
      BufferedImage image = read(header, bytes);
      boolean isSigned =
          header.format() == ImageFormat.TIFF && TiffDirectory.read(bytes).isSigned();
      RasterRows rows =
          new RasterRows(
              image,
              header.format() == ImageFormat.PSD ? onPaper(alpha) : alpha,
              isSigned,
              options.get(ImageSettings.COLOR_PROFILE) == ColorProfile.SRGB
                  ? IccTransform.of(header.format(), bytes)
                  : null);
      return toRgb(image, rows);
    } catch (EOFException e) {
      throw truncated(header, bytes);
    } catch (UnsupportedOperationException e) {
      throw unsupported(header, bytes, e);
    } catch (IOException e) {
      throw rejection(header, bytes, e);
    } catch (RuntimeException | StackOverflowError e) {
      // These readers check less than they read: an index out of bounds is their word for corrupt.
      throw corrupt(header, bytes, e);
    } catch (LinkageError e) {
      // The machine's fault, not the image's: a row's status must not depend on the executor.
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "The native library of the WebP decoder can't be loaded on %s %s: %s. It is unpacked into"
                  + " java.io.tmpdir (%s), which must exist, be writable and allow execution; set"
                  + " -Dcom.luciad.imageio.webp.tmpdir to another folder if it doesn't.",
              System.getProperty("os.name"),
              System.getProperty("os.arch"),
              e,
              System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  private static DecodedImage decodeWebp(ImageHeader header, byte[] bytes, AlphaMode alpha)
      throws IOException, RejectedImageException {
    WebpChunks.FirstFrame frame = WebpChunks.firstFrame(bytes);
    if (frame == null) {
      BufferedImage image = read(header, bytes);
      return toRgb(image, new RasterRows(image, alpha, false, null));
    }
    ImageSize canvas = WebpChunks.canvas(bytes);
    BufferedImage image = read(header, frame.still());
    if ((long) frame.x() + image.getWidth() > canvas.width()
        || (long) frame.y() + image.getHeight() > canvas.height()) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT, "animated WebP whose first frame does not fit its canvas");
    }
    BufferedImage whole =
        new BufferedImage(canvas.width(), canvas.height(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < image.getHeight(); y++) {
      int[] row = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
      whole.setRGB(frame.x(), frame.y() + y, image.getWidth(), 1, row, 0, image.getWidth());
    }
    return toRgb(whole, new RasterRows(whole, alpha, false, null));
  }

  /**
   * Photoshop stores the flattened picture on white, its reader takes the white out of transparent
   * parts: without this, what was white in the file would be black.
   */
  private static AlphaMode onPaper(AlphaMode alpha) {
    return alpha == AlphaMode.DROP ? AlphaMode.WHITE : alpha;
  }

  private static BufferedImage read(ImageHeader header, byte[] bytes)
      throws IOException, RejectedImageException {
    ImageFormat format = header.format();
    return switch (format) {
      case ICO -> {
        IcoDirectory icon = IcoDirectory.largest(bytes);
        yield icon.isTooWideForItsEntry()
            ? read(header, ImageFormat.BMP, icon.bmp(bytes))
            : read(header, format, icon.withOwnColors(bytes));
      }
      case TGA -> read(header, format, TgaHeader.withWholePalette(bytes));
      case PSD -> read(header, format, PsdHeader.withoutResources(bytes));
      default -> read(header, format, bytes);
    };
  }

  private static BufferedImage read(ImageHeader header, ImageFormat format, byte[] bytes)
      throws IOException, RejectedImageException {
    ImageReader reader = ImageIoReaders.open(format, bytes);
    try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
      reader.setInput(in, true, true);
      int page = format == ImageFormat.ICO ? IcoDirectory.largest(bytes).index() : 0;
      ImageTypeSpecifier raw = reader.getRawImageType(page);
      requireAsReserved(header, reader.getWidth(page), reader.getHeight(page));
      if (format == ImageFormat.TIFF && isReal(raw)) {
        return unclamped(reader, page, raw.getColorModel());
      }
      ImageReadParam parameters = reader.getDefaultReadParam();
      if (format == ImageFormat.PSD) {
        // Else its reader converts grays to another gamma, and leaves other colors alone.
        parameters.setDestinationType(raw);
      }
      return reader.read(page, parameters);
    } finally {
      reader.dispose();
    }
  }

  /** The reader may understand a damaged header otherwise than we do, who reserved the memory. */
  private static void requireAsReserved(ImageHeader header, int width, int height)
      throws RejectedImageException {
    if (width > header.width() || height > header.height()) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(
              Locale.ROOT,
              "%s with an ambiguous header, which can also be read as %d x %d pixels",
              header.format(),
              width,
              height));
    }
  }

  private static boolean isReal(ImageTypeSpecifier type) {
    int sample = type.getSampleModel().getDataType();
    return sample == DataBuffer.TYPE_FLOAT || sample == DataBuffer.TYPE_DOUBLE;
  }

  /** As an image, the reader cuts real numbers to [0, 1]; as a raster, it leaves them. */
  private static BufferedImage unclamped(ImageReader reader, int page, ColorModel colors)
      throws IOException {
    WritableRaster raster = (WritableRaster) reader.readRaster(page, null);
    return new BufferedImage(colors, raster, colors.isAlphaPremultiplied(), null);
  }

  private static DecodedImage toRgb(BufferedImage image, RasterRows rows) {
    DecodedImage decoded = DecodedImage.unwritten(image.getHeight(), image.getWidth());
    try {
      rows.writeTo(decoded);
      return decoded;
    } catch (RuntimeException | Error e) {
      decoded.close();
      throw e;
    }
  }

  private static RejectedImageException rejection(ImageHeader header, byte[] bytes, IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (e instanceof IIOException && message.contains("unsupported")) {
      return unsupported(header, bytes, e);
    }
    return e.getCause() instanceof EOFException
        ? truncated(header, bytes)
        : corrupt(header, bytes, e);
  }

  private static RejectedImageException unsupported(ImageHeader header, byte[] bytes, Exception e) {
    return new RejectedImageException(
        ImageStatus.UNSUPPORTED_FORMAT,
        String.format(
            Locale.ROOT,
            "%s of an unsupported variant: %s",
            header.describe(bytes.length),
            e.getMessage()));
  }

  private static RejectedImageException truncated(ImageHeader header, byte[] bytes) {
    return new RejectedImageException(
        ImageStatus.TRUNCATED,
        String.format(
            Locale.ROOT, "%s that ends before the image does", header.describe(bytes.length)));
  }

  private static RejectedImageException corrupt(ImageHeader header, byte[] bytes, Throwable e) {
    if (!ImageHeader.isComplete(header.format(), bytes)) {
      return truncated(header, bytes);
    }
    return new RejectedImageException(
        ImageStatus.CORRUPT,
        String.format(
            Locale.ROOT, "%s that can't be decoded: %s", header.describe(bytes.length), e));
  }
}
