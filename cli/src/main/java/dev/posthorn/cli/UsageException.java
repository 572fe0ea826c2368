package dev.posthorn.cli;

/** The command was called wrongly, or asked for what it does not do: exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
