package io.mobilenetspark.runtime;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * The process that decodes in {@link DecodeTrial}'s place, and whose end is all that a bad image
 * can bring about. On standard input, for each image: the length of its options, the options, its
 * length, its bytes. On standard output: {@value #READY} once, then {@value #SURVIVED} an image.
 */
final class DecodeTrialMain {

  /** The native library is loaded. */
  static final int READY = 1;

  /** The decoder has come back, whatever it made of the image. */
  static final int SURVIVED = 2;

  /** The exit code of who fails as Java fails, which is not the decoder's fault. */
  static final int FAILED = 70;

  private static final long MAX_IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static volatile long lastNanos = System.nanoTime();

  private DecodeTrialMain() {}

  /**
   * Until standard input ends, which it does when the process that started this one ends, or there
   * is nothing to do for a minute.
   */
  public static void main(String[] arguments) {
    Thread watch = new Thread(DecodeTrialMain::endWhenIdle, "idle");
    watch.setDaemon(true);
    watch.start();
    try {
      decodeAll();
    } catch (Throwable e) {
      Runtime.getRuntime().halt(FAILED);
    }
  }

  private static void endWhenIdle() {
    while (System.nanoTime() - lastNanos < MAX_IDLE_NANOS) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        return; // nobody does
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static void decodeAll() throws IOException, ClassNotFoundException {
    try (OutputStream answers = new FileOutputStream(FileDescriptor.out);
        DataInputStream images = new DataInputStream(new BufferedInputStream(System.in));
        ImageSession session = ImageSession.open(1)) {
      System.setOut(System.err); // what libraries print is no answer
      answers.write(READY);
      while (true) {
        ImageOptions options = (ImageOptions) object(next(images));
        decode(session.images(), next(images), options);
        lastNanos = System.nanoTime();
        answers.write(SURVIVED);
      }
    } catch (EOFException e) {
      // There is no next image.
    }
  }

  private static byte[] next(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  private static Object object(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }

  private static void decode(ImageReader images, byte[] bytes, ImageOptions options) {
    try (TFloat32 pixels = TFloat32.tensorOf(Shape.of(options.size().rgbValues()))) {
      var unused = images.read(new ImageInput.Encoded(bytes), options, pixels.asRawTensor().data());
    } catch (RuntimeException | Error e) {
      // What Java can throw, the process that asks can take.
    }
  }
}
