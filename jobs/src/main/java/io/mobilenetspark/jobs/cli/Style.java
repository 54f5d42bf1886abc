package io.mobilenetspark.jobs.cli;

/** A manner of writing on a terminal, as ECMA-48 numbers it. */
public enum Style {
  ERROR("1;31"),
  GOOD("32"),
  HEADING("1");

  private final String number;

  Style(String number) {
    this.number = number;
  }

  String of(String text) {
    return "\u001b[" + number + "m" + text + "\u001b[0m";
  }
}
