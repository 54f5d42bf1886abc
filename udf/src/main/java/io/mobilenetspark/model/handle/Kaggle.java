package io.mobilenetspark.model.handle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Kaggle's API, and the account with which it is asked. The account is looked up when a download
 * needs it, never before.
 */
public final class Kaggle {

  private static final URI WWW = URI.create("https://www.kaggle.com/");

  private final URI base;
  private final Map<String, String> environment;

  /**
   * @param base of the API, with a slash at its end
   * @param environment with {@code KAGGLE_*} and {@code HOME}
   */
  Kaggle(URI base, Map<String, String> environment) {
    this.base = base;
    this.environment = Map.copyOf(environment);
  }

  static Kaggle of(Map<String, String> environment) {
    return new Kaggle(WWW, environment);
  }

  URI download(KaggleModel model) {
    return model.download(base);
  }

  /**
   * The value of {@code Authorization}, in the order of Kaggle's own client: {@code
   * KAGGLE_API_TOKEN}; {@code KAGGLE_USERNAME} with {@code KAGGLE_KEY}; {@code access_token}, then
   * {@code kaggle.json}, in {@code KAGGLE_CONFIG_DIR} or {@code ~/.kaggle}. Empty if there is none
   * of these.
   *
   * @param warn takes a line about a file that others may read
   * @throws HandleException if a file can't be used; the message does not quote it
   */
  Optional<String> authorization(Consumer<String> warn) throws HandleException {
    String token = variable("KAGGLE_API_TOKEN");
    if (!token.isEmpty()) {
      return Optional.of("Bearer " + token);
    }
    String user = variable("KAGGLE_USERNAME");
    String key = variable("KAGGLE_KEY");
    if (!user.isEmpty() && !key.isEmpty()) {
      return Optional.of(basic(user + ":" + key));
    }
    Path directory = directory();
    Optional<String> access = read(directory.resolve("access_token"), warn);
    if (access.isPresent()) {
      return access.map(text -> "Bearer " + text.strip());
    }
    Path file = directory.resolve("kaggle.json");
    Optional<String> json = read(file, warn);
    return json.isEmpty() ? Optional.empty() : Optional.of(ofJson(file, json.get()));
  }

  /** Basic authentication, with what stands before an address's {@code @}, decoded. */
  static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }

  private Path directory() {
    String configured = variable("KAGGLE_CONFIG_DIR");
    String home = variable("HOME");
    return configured.isEmpty()
        ? Path.of(home.isEmpty() ? System.getProperty("user.home") : home, ".kaggle")
        : Path.of(configured);
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "").strip();
  }

  private static Optional<String> read(Path file, Consumer<String> warn) throws HandleException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      if (Permissions.of(file).filter(Permissions::othersMayRead).isPresent()) {
        warn.accept("other users can read your Kaggle key; run: chmod 600 " + file);
      }
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new HandleException(
          String.format(Locale.ROOT, "%s can't be read: %s", file, e.getClass().getSimpleName()),
          Cure.of("Make it readable, or set KAGGLE_USERNAME and KAGGLE_KEY."),
          e);
    }
  }

  private static String ofJson(Path file, String text) throws HandleException {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      String user = json.path("username").asText("");
      String key = json.path("key").asText("");
      if (!user.isEmpty() && !key.isEmpty()) {
        return basic(user + ":" + key);
      }
    } catch (JsonProcessingException e) {
      // Its message quotes the file.
    }
    throw new HandleException(
        String.format(Locale.ROOT, "%s is not {\"username\": ..., \"key\": ...}", file),
        Cure.of("Download it again from your Kaggle account's settings."));
  }
}
