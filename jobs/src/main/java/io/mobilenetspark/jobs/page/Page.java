package io.mobilenetspark.jobs.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.report.Html;
import io.mobilenetspark.jobs.report.Look;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/**
 * The HTML page. What comes from tables is data alone: JSON and base64 in elements that are not
 * run, put into the page as text by the script. The policy lets run what is ours, by its hash, and
 * nothing else, and lets nothing be fetched.
 */
final class Page {

  /** The beginning of each page, by which ours are known. */
  static final String BEGINNING =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="generator" content="mobilenet-spark report">
      """;

  private final String title;
  private final Map<String, Object> summary;
  private final byte[] rows;
  private final byte[] thumbnails;

  /**
   * @param title of the page
   * @param summary what {@code main.js} reads as such
   * @param rows from {@link PackedArrays#gzip}
   * @param thumbnails JPEGs one behind the other
   */
  Page(String title, Map<String, Object> summary, byte[] rows, byte[] thumbnails) {
    this.title = title;
    this.summary = summary;
    this.rows = rows;
    this.thumbnails = thumbnails;
  }

  /** Writes it in UTF-8. */
  void write(OutputStream out) throws IOException {
    String style = Look.css() + Script.resource("page.css");
    String script = Script.joined();
    text(out, BEGINNING);
    text(
        out,
        String.format(
            Locale.ROOT,
            """
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src %s; style-src %s; img-src blob:; worker-src blob:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>%s</title>
            """,
            Html.policyHash(script),
            Html.policyHash(style),
            Html.escaped(title)));
    text(out, "<style>" + style + "</style>\n</head>\n");
    text(out, Script.resource("body.html"));
    text(out, "<script type=\"application/json\" id=\"summary\">" + json(summary) + "</script>\n");
    base64(out, "rows", rows);
    base64(out, "thumbnails", thumbnails);
    text(
        out, "<script type=\"text/plain\" id=\"layout-worker\">" + Script.worker() + "</script>\n");
    text(out, "<script type=\"module\">" + script + "</script>\n</body>\n</html>\n");
  }

  /** JSON in which no tag and no comment begins or ends, whatever is in its texts. */
  static String json(Object value) throws JsonProcessingException {
    return new ObjectMapper()
        .writeValueAsString(value)
        .replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** How many bytes of a page so many bytes of data are. */
  static long base64Length(long bytes) {
    return (bytes + 2) / 3 * 4;
  }

  private static void base64(OutputStream out, String id, byte[] data) throws IOException {
    text(out, "<script type=\"application/octet-stream\" id=\"" + id + "\">");
    out.write(Base64.getEncoder().encode(data));
    text(out, "</script>\n");
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
