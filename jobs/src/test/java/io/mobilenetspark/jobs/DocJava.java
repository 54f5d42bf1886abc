package io.mobilenetspark.jobs;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.commons.io.FileUtils;

/** Java of the docs: programs, and parts of them about a table {@code photographs}. */
final class DocJava {

  private static final Pattern CLASS = Pattern.compile("public class (\\w+) ");

  /** Before and behind what is no whole program. */
  private static final String HEAD =
      """
      import io.mobilenetspark.model.export.*;
      import io.mobilenetspark.spark.ml.*;
      import org.apache.spark.sql.*;
      class Part {
        void run(SparkSession spark, Dataset<Row> photographs) throws Exception {
      """;

  private static final String TAIL = "}}";

  private DocJava() {}

  /** What the compiler says of a block. */
  static List<String> faults(String text) throws IOException {
    Matcher declaration = CLASS.matcher(text);
    boolean isProgram = declaration.find();
    String name = isProgram ? declaration.group(1) : "Part";
    String source = isProgram ? text : HEAD + text + TAIL;
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    Path classes = Files.createTempDirectory("docs");
    try {
      boolean isRight =
          compiler
              .getTask(
                  messages,
                  null,
                  null,
                  List.of(
                      "-proc:none",
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  List.of(new Source(name, source)))
              .call();
      return isRight ? List.of() : List.of(messages.toString());
    } finally {
      FileUtils.deleteDirectory(classes.toFile());
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    private Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
