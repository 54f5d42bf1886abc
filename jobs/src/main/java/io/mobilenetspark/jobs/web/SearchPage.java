package io.mobilenetspark.jobs.web;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.report.Html;
import io.mobilenetspark.jobs.report.Look;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The page, as it lies in the jar. There is nothing of a table in it: the script asks for that, and
 * shows it as text. Its policy lets run what is ours, by its hash, and lets nothing be fetched from
 * elsewhere.
 */
final class SearchPage {

  private final String html;
  private final String policy;

  SearchPage() {
    String style = Look.css() + resource("search.css");
    String script = resource("search.js");
    html =
        resource("search.html")
            .replace("<style></style>", "<style>" + style + "</style>")
            .replace(
                "<script type=\"module\"></script>",
                "<script type=\"module\">" + script + "</script>");
    policy =
        "default-src 'none'; script-src "
            + Html.policyHash(script)
            + "; style-src "
            + Html.policyHash(style)
            + "; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";
  }

  /** The page's sign, an SVG. */
  String icon() {
    return resource("icon.svg");
  }

  Reply reply() {
    return Reply.html(html, policy);
  }

  private static String resource(String name) {
    try (InputStream in = SearchPage.class.getResourceAsStream(name)) {
      return new String(requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + name + " out of the jar", e);
    }
  }
}
