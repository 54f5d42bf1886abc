package io.mobilenetspark.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.BMPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.CURImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.ICOImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.pnm.PNMImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.psd.PSDImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tga.TGAImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The ImageIO readers for what TensorFlow can't read, by name. ImageIO's own search finds plugins
 * in the class loader of whichever thread asks first, which on a Spark executor is a matter of
 * luck.
 */
final class ImageIoReaders {

  private static final ImageReaderSpi JPEG;
  private static final ImageReaderSpi BMP = new BMPImageReaderSpi();
  private static final ImageReaderSpi TIFF = new TIFFImageReaderSpi();
  private static final ImageReaderSpi ICO = new ICOImageReaderSpi();
  private static final ImageReaderSpi CUR = new CURImageReaderSpi();
  private static final ImageReaderSpi PNM = new PNMImageReaderSpi();
  private static final ImageReaderSpi PSD = new PSDImageReaderSpi();
  private static final ImageReaderSpi TGA = new TGAImageReaderSpi();
  private static final ImageReaderSpi WEBP = new WebPImageReaderSpi();

  static {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true"); // before AWT's first class looks at it
    }
    ImageIO.setUseCache(false); // streams stay in memory: no temporary files on executors
    // In the registry, for the JPEGs within TIFFs, which the TIFF reader looks up there; and there
    // it
    // finds the JDK's reader, which it builds on.
    JPEG = new JPEGImageReaderSpi();
    IIORegistry.getDefaultInstance().registerServiceProvider(JPEG, ImageReaderSpi.class);
  }

  private ImageIoReaders() {}

  /** A new reader; the caller disposes of it. */
  static ImageReader open(ImageFormat format, byte[] bytes) throws IOException {
    ImageReaderSpi provider =
        switch (format) {
          case JPEG -> JPEG;
          case BMP -> BMP;
          case TIFF -> TIFF;
          case WEBP -> WEBP;
          case ICO -> IcoDirectory.isCursor(bytes) ? CUR : ICO;
          case PNM -> PNM;
          case PSD -> PSD;
          case TGA -> TGA;
          case PNG, GIF, PIXELS ->
              throw new IllegalArgumentException("no ImageIO reader for " + format);
        };
    return provider.createReaderInstance();
  }
}
