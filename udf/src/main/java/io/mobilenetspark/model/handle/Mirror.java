package io.mobilenetspark.model.handle;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of one's own that has copies of modules' archives: all handles that are URLs are asked
 * for there and nowhere else. They keep their names, and their places in the cache.
 *
 * @param template an http(s) address with at least {@code {path}}, or {@code {name}}: {@code
 *     {host}} and {@code {path}} are the handle's (the path without its first slash), {@code
 *     {version}} is the path's last part and {@code {name}} what is before it
 */
public record Mirror(String template) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)\\}");

  /**
   * @throws IllegalArgumentException if it is no such address
   */
  public Mirror {
    requireNonNull(template, "template");
    String told = Redacted.handle(template);
    if (!template.contains("{path}") && !template.contains("{name}")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The mirror '%s' would be the same for every module. Put {path} or {name} into it, such as https://mirror.example/{path}.tar.gz",
              told));
    }
    try {
      URI uri = filled(template, URI.create("https://host.example/name/1"));
      if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("(?i)https?")) {
        throw new IllegalArgumentException("it is not http or https");
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The mirror '%s' is not an address: %s. Write it as https://mirror.example/{path}.tar.gz; there are {host}, {path}, {name} and {version}",
              told,
              Redacted.message(e)));
    }
  }

  /** Where a handle's archive is. */
  URI of(URI handle) {
    return filled(template, handle);
  }

  private static URI filled(String template, URI handle) {
    String path = handle.getRawPath() == null ? "" : handle.getRawPath().replaceAll("^/+|/+$", "");
    int slash = path.lastIndexOf('/');
    return URI.create(
        PLACEHOLDER
            .matcher(template)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        switch (found.group(1)) {
                          case "host" -> handle.getHost();
                          case "path" -> path;
                          case "name" -> slash < 0 ? path : path.substring(0, slash);
                          case "version" -> slash < 0 ? "" : path.substring(slash + 1);
                          default ->
                              throw new IllegalArgumentException(
                                  "there is no placeholder " + found.group());
                        })));
  }

  @Override
  public String toString() {
    return Redacted.handle(template);
  }
}
