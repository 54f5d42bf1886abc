package io.mobilenetspark.jobs;

import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A page of documentation, parsed as GitHub does.
 *
 * @param name its path in the project, with slashes
 * @param source its text
 * @param root the parsed page
 */
record DocPage(String name, String source, Node root) {

  private static final Parser PARSER =
      Parser.builder()
          .extensions(List.of(TablesExtension.create()))
          .includeSourceSpans(IncludeSourceSpans.BLOCKS)
          .build();

  /** Folders without pages of the project. */
  private static final Set<String> OTHER = Set.of("target", "src", "shared");

  /**
   * A block of code.
   *
   * @param line of the page, from 1
   * @param language what follows the fence, such as {@code java}
   * @param label the HTML comment before the block, or an empty text
   */
  record Block(int line, String language, String text, String label) {}

  static DocPage parse(String name, String source) {
    return new DocPage(name, source, PARSER.parse(source));
  }

  /** A page of the project, by its path in it. */
  static DocPage read(String name) throws IOException {
    return parse(name, Files.readString(SharedData.projectRoot().resolve(name)));
  }

  /** All pages of the project: README, those in docs, and the modules' own. */
  static List<DocPage> all() throws IOException {
    Path root = SharedData.projectRoot();
    List<DocPage> pages = new ArrayList<>();
    for (String name : namesBelow(root, root)) {
      pages.add(read(name));
    }
    return pages;
  }

  private static Set<String> namesBelow(Path root, Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry)) {
          if (!OTHER.contains(name) && !name.startsWith(".")) {
            names.addAll(namesBelow(root, entry));
          }
        } else if (name.endsWith(".md")) {
          names.add(root.relativize(entry).toString().replace('\\', '/'));
        }
      }
    }
    return names;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    each(
        root,
        node -> {
          String label =
              node.getPrevious() instanceof HtmlBlock html
                  ? html.getLiteral().replace("<!--", "").replace("-->", "").strip()
                  : "";
          int line =
              node.getSourceSpans().isEmpty() ? 0 : node.getSourceSpans().get(0).getLineIndex();
          if (node instanceof FencedCodeBlock block) {
            blocks.add(new Block(line + 1, block.getInfo(), block.getLiteral(), label));
          } else if (node instanceof IndentedCodeBlock block) {
            blocks.add(new Block(line + 1, "indented", block.getLiteral(), label));
          }
        });
    return blocks;
  }

  /** The links' targets. */
  List<String> links() {
    List<String> links = new ArrayList<>();
    each(
        root,
        node -> {
          if (node instanceof Link link) {
            links.add(link.getDestination());
          }
        });
    return links;
  }

  List<String> headings() {
    List<String> headings = new ArrayList<>();
    each(
        root,
        node -> {
          if (node instanceof Heading) {
            headings.add(textOf(node));
          }
        });
    return headings;
  }

  /** The headings as GitHub makes anchors of them. */
  List<String> anchors() {
    List<String> anchors = new ArrayList<>();
    for (String heading : headings()) {
      String slug =
          heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
      String anchor = slug;
      for (int i = 1; anchors.contains(anchor); i++) {
        anchor = slug + "-" + i;
      }
      anchors.add(anchor);
    }
    return anchors;
  }

  static void each(Node node, Consumer<Node> action) {
    action.accept(node);
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      each(child, action);
    }
  }

  private static String textOf(Node node) {
    StringBuilder text = new StringBuilder();
    each(
        node,
        part -> {
          if (part instanceof Text words) {
            text.append(words.getLiteral());
          } else if (part instanceof Code code) {
            text.append(code.getLiteral());
          } else if (part instanceof SoftLineBreak) {
            text.append(' ');
          }
        });
    return text.toString();
  }
}
