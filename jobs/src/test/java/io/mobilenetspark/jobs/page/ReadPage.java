package io.mobilenetspark.jobs.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** A page as its own script reads it, by other code. */
final class ReadPage {

  private static final Pattern SCRIPT =
      Pattern.compile("<script([^>]*)>(.*?)</script", Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("id=\"([\\w-]+)\"");

  private final String html;
  private final JsonNode summary;
  private final JsonNode header;
  private final ByteBuffer arrays;
  private final byte[] jpegs;

  ReadPage(byte[] page) throws IOException {
    html = new String(page, StandardCharsets.UTF_8);
    summary = new ObjectMapper().readTree(element("summary"));
    byte[] rows =
        new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(element("rows"))))
            .readAllBytes();
    ByteBuffer buffer = ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN);
    byte[] json = new byte[buffer.getInt()];
    buffer.get(json);
    header = new ObjectMapper().readTree(json);
    arrays = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    jpegs = Base64.getDecoder().decode(element("thumbnails"));
  }

  private String element(String id) {
    return scripts().stream()
        .filter(script -> script.get(0).contains("id=\"" + id + "\""))
        .map(script -> script.get(1))
        .findFirst()
        .orElseThrow();
  }

  /** Attributes and content of each script element, as a browser's parser finds them. */
  List<List<String>> scripts() {
    List<List<String>> scripts = new ArrayList<>();
    Matcher matcher = SCRIPT.matcher(html);
    while (matcher.find()) {
      scripts.add(List.of(matcher.group(1), matcher.group(2)));
    }
    return scripts;
  }

  /** Ids of the script elements; "" for one without. */
  List<String> scriptIds() {
    return scripts().stream()
        .map(script -> ID.matcher(script.get(0)))
        .map(matcher -> matcher.find() ? matcher.group(1) : "")
        .toList();
  }

  String html() {
    return html;
  }

  JsonNode summary() {
    return summary;
  }

  JsonNode json(String name) throws IOException {
    JsonNode place = header.path(name);
    byte[] bytes = new byte[place.path("count").asInt()];
    arrays.duplicate().position(place.path("offset").asInt()).get(bytes);
    return new ObjectMapper().readTree(bytes);
  }

  List<String> texts(String name) throws IOException {
    List<String> texts = new ArrayList<>();
    json(name).forEach(text -> texts.add(text.isNull() ? null : text.asText()));
    return texts;
  }

  int[] numbers(String name) {
    JsonNode place = header.path(name);
    int[] numbers = new int[place.path("count").asInt()];
    int offset = place.path("offset").asInt();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (place.path("type").asText()) {
            case "i8" -> arrays.get(offset + i);
            case "u16" -> arrays.getShort(offset + 2 * i) & 0xffff;
            default -> arrays.getInt(offset + 4 * i);
          };
    }
    return numbers;
  }

  List<byte[]> pictures() {
    List<byte[]> pictures = new ArrayList<>();
    int from = 0;
    for (int length : numbers("pictureBytes")) {
      pictures.add(Arrays.copyOfRange(jpegs, from, from + length));
      from += length;
    }
    return pictures;
  }
}
