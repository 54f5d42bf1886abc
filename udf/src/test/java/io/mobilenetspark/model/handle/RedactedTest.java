package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be secret in a handle goes, what tells one module from another stays. */
class RedactedTest {

  private static final String SECRET = "Z3Z3Z3";

  @ParameterizedTest
  @CsvSource({
    "https://anna:Z3@host/a/4, https://host/a/4",
    "https://Z3@host:8443/a/4, https://host:8443/a/4",
    "HTTPS://anna:Z3@host/a@b/4, HTTPS://***",
    "https://host/a@b/4?a@b=Z3, https://host/a@b/4?a@b=***",
    "https://host/a?sig=Z3&token=Z3, https://host/a?sig=***&token=***",
    "https://host/a?Z3, https://host/a?***",
    "https://host/a?Z3==, https://host/a?***",
    "https://host/a?=Z3, https://host/a?***",
    "https://host/a?a=Z3=Z3&b, https://host/a?a=***&***",
    "https://host/a#Z3, https://host/a#***",
    "https://host/a?x=y#Z3@q, https://host/a?x=***#***",
    "https://anna:Z/3@host/a, https://***",
    "https://anna:1#3@host/a, https://***",
    "https://anna:1?3@host/a, https://***",
    "https://host?a=b@Z3, https://***",
    "https://anna:Z3, https://***",
    "file:///a@b/c, file:///a@b/c",
    "https:/anna:Z3@host/a, https://host/a",
    "HTTP:\\\\anna:Z3@host/a, HTTP://host/a",
    "https:////anna:Z3@host/a?k=Z3, https://host/a?k=***",
    "https://anna:p@Z3@host/a, https://host/a",
    "https://anna:Z3@[::1]:80/a, https://[::1]:80/a",
    "s3a://KEY:Z3@bucket/a.tar.gz, s3a://bucket/a.tar.gz",
    "abfss://container@account.dfs.core.windows.net/a, abfss://container@account.dfs.core.windows.net/a",
  })
  void handles(String handle, String expected) {
    assertThat(Redacted.handle(handle)).isEqualTo(expected);
    assertThat(Redacted.handle(expected)).as("again").isEqualTo(expected);
    assertThat(Redacted.text(String.format(Locale.ROOT, "Can't use the model '%s': no", handle)))
        .isEqualTo(String.format(Locale.ROOT, "Can't use the model '%s': no", expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
        "hdfs://nn:8020/models/m.tar.gz",
        "/models/what?is=this",
        "builtin",
        "models/a@b.ckpt"
      })
  void nothingSecretNothingChanged(String handle) {
    assertThat(Redacted.handle(handle)).isEqualTo(handle);
    assertThat(Redacted.isRedacted(handle)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3a://KEY:Z3@b/my x?#/y | s3a://b/my x?#/y",
        "s3a://KEY:Z/3+Z@b/x | s3a://***",
        "s3a://KEY:Z?3@b/x | s3a://***",
        "s3a://KEY:Z@3@b/x | s3a://b/x",
        "s3a://KEY:Z@Z/3@b/x | s3a://***",
        "{s3a://KEY:Z3@b/x,s3a://KEY:Z3@b/y?} | {s3a://b/x,s3a://b/y?}",
        "hdfs:///a?,https://anna:Z3@host/a?sig=Z3 | hdfs:///a?,https://host/a?sig=***",
        "jdbc:mysql://anna:Z3@host/a b | jdbc:mysql://host/a b",
        "https://host/a?next=https://host/b?sig=Z3 | https://host/a?next=***",
        "https://anna:Z 3@host/a | https://host/a",
      })
  void paths(String path, String expected) {
    assertThat(Redacted.path(path)).isEqualTo(expected);
    assertThat(Redacted.path(expected)).as("again").isEqualTo(expected);
  }

  /** What is a query in a web address may be part of a name, or a glob. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs:///p/img?.jpg",
        "hdfs:///my photos/a\tb ",
        "s3a://b/c#/x",
        "s3a://b*/c{d,e}[f]/x",
        "hdfs://nn:8020/{a,b}?x=y&z#w@v",
        "file:///a@b/c d?",
        "abfss://container@account.dfs.core.windows.net/a@b?",
        "{hdfs:///a?,hdfs://nn/b c}",
        "C:\\photos\\a?",
        "photos/a:b@c?d=e#f",
        " ",
        ""
      })
  void pathsStayByteForByte(String path) {
    assertThat(Redacted.path(path)).isEqualTo(path);
  }

  @Test
  void whatWasRedactedIsKnown() {
    assertThat(Redacted.isRedacted("https://host/a?sig=***")).isTrue();
    assertThat(Redacted.isRedacted("https://host/a?sig=Z3&x=***")).isFalse();
    assertThat(Redacted.isRedacted("/a/***")).isFalse();
  }

  /** Wherever a secret of any characters stands in an address, and the address in a text. */
  @Test
  void secretsOfAnyCharacters() {
    Random random = new Random(Cases.seed(RedactedTest.class));
    String odd = "/?#@:&=%+.;!$'()*,~ -_\\^|`";
    for (int i = 0; i < Cases.count(2_000, 100_000); i++) {
      StringBuilder secret = new StringBuilder(SECRET);
      for (int j = random.nextInt(4); j > 0; j--) {
        secret.insert(
            random.nextInt(secret.length() + 1), odd.charAt(random.nextInt(odd.length())));
      }
      String handle =
          switch (random.nextInt(4)) {
            case 0 -> String.format(Locale.ROOT, "https://anna:%s@host.example/a/4", secret);
            // before a slash it would be the host
            case 1 ->
                String.format(
                    Locale.ROOT,
                    "https://%s@host.example/a/4?x=y",
                    secret.toString().replace('/', '-'));
            // an ampersand would begin the next parameter's name
            case 2 ->
                String.format(
                    Locale.ROOT,
                    "https://host.example/a/4?X-Amz-Signature=%s&b=c",
                    secret.toString().replace('&', '-'));
            default -> String.format(Locale.ROOT, "https://host.example/a/4#%s", secret);
          };
      assertThat(Redacted.handle(handle)).as(handle).doesNotContain("Z", "3");
    }
  }

  /** Java's exceptions quote an address that can't be parsed. */
  @Test
  void syntaxErrorsToo() {
    for (String handle :
        new String[] {"https://anna:Z 3@host/a", "https://host/a b?sig=Z3", "https://h/%zz?Z3"}) {
      Throwable thrown = catchThrowable(() -> URI.create(handle));
      assertThat(Redacted.message(thrown)).contains("at index").doesNotContain("Z", "3@");
      assertThat(Redacted.cause(thrown)).hasNoCause().message().doesNotContain("Z3", "Z 3");
    }
  }

  @Test
  void causesToo() {
    IOException quoting =
        new IOException("outer", new IOException("https://anna:Z3@host/a refused"));
    assertThat(Redacted.cause(quoting)).hasMessageContaining("https://host/a refused").hasNoCause();
    IOException harmless = new IOException("https://host/a refused");
    assertThat(Redacted.cause(harmless)).isSameAs(harmless);
  }
}
