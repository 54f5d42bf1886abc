package io.mobilenetspark.spark.sql;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where a handle points, in one spelling: what is below what can be told by comparing. */
sealed interface ModelPlace {

  /** Whether the other is this one, or below it. */
  boolean contains(ModelPlace other);

  /** The place of a handle; empty if it has none, or one that can be read in two ways. */
  static Optional<ModelPlace> of(String handle, Configuration hadoop) {
    return isWeb(handle) ? Web.of(handle) : Hadoop.of(handle, hadoop);
  }

  /** Whether it is fetched over the network by its URL. */
  static boolean isWeb(String handle) {
    String lower = handle.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("http:") || lower.startsWith("https:");
  }

  private static boolean isBelow(String path, String above) {
    String directory = above.endsWith("/") ? above : above + "/";
    return path.equals(above) || (path + "/").startsWith(directory);
  }

  /**
   * An address of the web.
   *
   * @param scheme in lower case
   * @param host in lower case, without a last dot
   * @param port the scheme's own if none is given
   * @param path without dots
   */
  record Web(String scheme, String host, int port, String path) implements ModelPlace {

    /** Dots, slashes and percents that servers decode before or after they look at a path. */
    private static final Pattern DISGUISED = Pattern.compile("(?i)%(2e|2f|5c|25|00)|\\\\");

    static Optional<ModelPlace> of(String address) {
      try {
        URI uri = URI.create(address.strip());
        String host = uri.getHost();
        String path = String.valueOf(uri.getRawPath());
        if (host == null || DISGUISED.matcher(path).find()) {
          return Optional.empty();
        }
        String normal = uri.normalize().getPath();
        if (Arrays.asList(normal.split("/", -1)).contains("..")) {
          return Optional.empty();
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return Optional.of(new Web(scheme, bare(host), port, normal.isEmpty() ? "/" : normal));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private static String bare(String host) {
      String lower = host.toLowerCase(Locale.ROOT);
      return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    boolean isHost(String other) {
      return host.equals(bare(other));
    }

    @Override
    public boolean contains(ModelPlace other) {
      return other instanceof Web web
          && scheme.equals(web.scheme)
          && host.equals(web.host)
          && port == web.port
          && isBelow(web.path, path);
    }
  }

  /**
   * A path of a Hadoop file system.
   *
   * @param fileSystem scheme and authority, in lower case
   * @param path absolute, without dots; of local files without symbolic links, and of what is not
   *     there, a checkpoint's prefix say, where it would be
   */
  record Hadoop(String fileSystem, String path) implements ModelPlace {

    static Optional<ModelPlace> of(String handle, Configuration hadoop) {
      try {
        Path path = new Path(handle.strip());
        if (!path.isAbsolute() && !isLocal(path, hadoop)) {
          path = path.getFileSystem(hadoop).makeQualified(path); // below a home directory
        }
        URI uri = path.toUri();
        URI home = uri.getScheme() == null ? FileSystem.getDefaultUri(hadoop) : uri;
        if (isLocal(path, hadoop)) {
          return Optional.of(new Hadoop("file", new File(uri.getPath()).getCanonicalPath()));
        }
        String normal = uri.normalize().getPath();
        if (Arrays.asList(normal.split("/", -1)).contains("..")) {
          return Optional.empty();
        }
        String system = home.getScheme() + "://" + home.getAuthority();
        return Optional.of(new Hadoop(system.toLowerCase(Locale.ROOT), normal));
      } catch (IOException | IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private static boolean isLocal(Path path, Configuration hadoop) {
      URI uri = path.toUri();
      URI home = uri.getScheme() == null ? FileSystem.getDefaultUri(hadoop) : uri;
      return "file".equalsIgnoreCase(home.getScheme());
    }

    @Override
    public boolean contains(ModelPlace other) {
      return other instanceof Hadoop hadoop
          && fileSystem.equals(hadoop.fileSystem)
          && isBelow(hadoop.path, path);
    }
  }
}
