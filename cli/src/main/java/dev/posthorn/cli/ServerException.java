package dev.posthorn.cli;

/** A server refused, in words of ours: exit code 4. */
final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ServerException(String message) {
    super(message);
  }
}
