package dev.posthorn.cli;

import dev.posthorn.client.PosthornException;
import dev.posthorn.spi.InferenceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Set;

/** The exit codes of all commands, and which failure means which. */
final class ExitCode {
  static final int DONE = 0;
  static final int CHECK_FAILED = 1;
  static final int USAGE = 2;
  static final int BAD_MODEL_OR_INPUT = 3;
  static final int SERVER = 4;

  /** Reasons of a server's answer that blame the input, not the server. */
  private static final Set<String> INPUT =
      Set.of("INVALID_INPUT_SHAPE", "INVALID_DTYPE", "MALFORMED_TENSOR", "UNKNOWN_INPUT", "MISSING_INPUT");

  private ExitCode() {}

  static int of(Throwable failure) {
    return switch (failure) {
      case UsageException _ -> USAGE;
      case ServerException _ -> SERVER;
      case PosthornException server -> INPUT.contains(server.reason()) ? BAD_MODEL_OR_INPUT : SERVER;
      default -> BAD_MODEL_OR_INPUT;
    };
  }

  /** One line that says what went wrong. */
  static String message(Throwable failure) {
    String text =
        switch (failure) {
          case UncheckedIOException wrapped when wrapped.getCause() != null -> message(wrapped.getCause());
          case NoSuchFileException missing -> "no such file: " + missing.getFile();
          case AccessDeniedException denied -> "no permission to read " + denied.getFile();
          case InferenceException known -> String.valueOf(known.getMessage());
          case PosthornException known -> String.valueOf(known.getMessage());
          case UsageException known -> String.valueOf(known.getMessage());
          case ServerException known -> String.valueOf(known.getMessage());
          case IOException io -> io.getClass().getSimpleName() + ": " + io.getMessage();
          case OutOfMemoryError _ -> "out of memory; give Java more with POSTHORN_OPTS=-Xmx...";
          case StackOverflowError _ -> "nested too deeply";
          default -> "unexpected " + failure + " (--debug shows where)";
        };
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
