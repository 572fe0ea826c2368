package dev.posthorn.cli.verify;

import java.util.Locale;

/** What became of a file or a case. */
public enum Outcome {
  PASSED,
  FAILED,
  REFUSED;

  /** As in the JSON report. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
