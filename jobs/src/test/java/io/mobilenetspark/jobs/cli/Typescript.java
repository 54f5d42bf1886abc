package io.mobilenetspark.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person sees on a terminal of some width after something was written to it. */
public final class Typescript {

  private static final Pattern SEQUENCE = Pattern.compile("\u001b\\[(\\?7)?([0-9;]*)([A-Za-z])");

  private final int columns;
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private int row;
  private int column;
  private boolean wraps = true;

  private Typescript(int columns) {
    this.columns = columns;
  }

  /** Its lines, without blanks at their ends; colours are not seen. */
  public static List<String> seen(String written, int columns) {
    Typescript screen = new Typescript(columns);
    Matcher sequence = SEQUENCE.matcher(written);
    for (int i = 0; i < written.length(); i++) {
      if (written.charAt(i) == '\u001b') {
        if (!sequence.find(i) || sequence.start() != i) {
          throw new IllegalArgumentException("no sequence of a terminal: " + written.substring(i));
        }
        screen.obey(sequence);
        i = sequence.end() - 1;
      } else {
        screen.put(written.charAt(i));
      }
    }
    return screen.lines.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  private void obey(Matcher sequence) {
    if (sequence.group(1) != null) {
      wraps = sequence.group(3).equals("h");
    } else if (sequence.group(3).equals("K")) {
      StringBuilder line = lines.get(row);
      line.setLength(Math.min(line.length(), column));
    } else if (!sequence.group(3).equals("m")) {
      throw new IllegalArgumentException(sequence.group());
    }
  }

  private void put(char c) {
    if (c == '\r') {
      column = 0;
    } else if (c == '\n') {
      down();
    } else {
      if (column == columns) {
        if (wraps) {
          down();
        } else {
          column--;
        }
      }
      StringBuilder line = lines.get(row);
      while (line.length() <= column) {
        line.append(' ');
      }
      line.setCharAt(column++, c);
    }
  }

  private void down() {
    column = 0;
    row++;
    if (row == lines.size()) {
      lines.add(new StringBuilder());
    }
  }
}
