package dev.posthorn.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err notes, progress, and the one line of a failure
 * @param terminal whether {@code err} is a terminal: progress is shown only there
 */
public record Console(PrintStream out, PrintStream err, boolean terminal) {

  /** A line for people beside the results. */
  public void note(String text) {
    err.println("posthorn: note: " + text);
  }

  /** Replaces the line of progress; nothing in a pipe. */
  public void progress(String text) {
    if (terminal) {
      err.print("\r\u001b[K" + text);
      err.flush();
    }
  }

  /** Wipes the line of progress. */
  public void endProgress() {
    progress("");
  }
}
