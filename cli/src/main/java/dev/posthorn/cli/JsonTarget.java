package dev.posthorn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --json}: where a report goes. */
final class JsonTarget {
  private static final String STDOUT = "-";

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = STDOUT,
      paramLabel = "FILE",
      description = "Write the report as JSON to FILE, or to standard output (-).")
  @Nullable String file;

  /** Whether standard output belongs to the report: nothing else may go there. */
  boolean toStdout() {
    return STDOUT.equals(file);
  }

  /** Writes the report if one was asked for. */
  void write(Console console, String json) {
    if (file == null) {
      return;
    }
    if (toStdout()) {
      console.out().println(json);
      return;
    }
    try {
      Files.writeString(Path.of(file), json + "\n");
    } catch (IOException e) {
      throw new UsageException("cannot write " + file + ": " + e);
    }
  }

  /**
   * The first argument of a command. {@code --json} before it would take it for its FILE; that is put right here.
   *
   * @throws UsageException if there is none
   */
  String first(@Nullable String argument, String label) {
    if (argument != null) {
      return argument;
    }
    String taken = file;
    if (taken == null || taken.equals(STDOUT)) {
      throw new UsageException(label + " is missing (--help shows how)");
    }
    file = STDOUT;
    return taken;
  }
}
