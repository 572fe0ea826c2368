package dev.posthorn.server.core;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;

/**
 * What one caller may ask for.
 *
 * @param messageBytes of one message
 * @param inboundBytes of all partly received messages of the server
 * @param rows of one message
 * @param rank axes of a tensor
 * @param windowMessages of a stream that are not answered yet
 * @param windowBytes of a stream that are not answered yet; one message is always admitted
 * @param streams calls at a time on one connection
 * @param connections at a time
 * @param sequencesPerStream with state
 * @param sequences with state, of all streams
 * @param metadataBytes of a request's headers
 * @param idBytes of a request_id or sequence_id
 */
public record Limits(
    int messageBytes,
    long inboundBytes,
    int rows,
    int rank,
    int windowMessages,
    long windowBytes,
    int streams,
    int connections,
    int sequencesPerStream,
    int sequences,
    int metadataBytes,
    int idBytes) {

  /** The defaults; the inbound budget is a quarter of this JVM's heap. */
  public static Limits defaults() {
    return new Limits(
        16 << 20, Runtime.getRuntime().maxMemory() / 4, 65_536, 8, 16, 8 << 20, 1000, 1000, 64, 10_000, 8 << 10, 128);
  }

  /**
   * Returns if {@code actual} is within {@code limit}.
   *
   * @param name of the limit, as the configuration knows it
   * @throws InferenceException TOO_LARGE, saying how to raise it
   */
  public static void check(String name, long limit, long actual, String what) {
    if (actual > limit) {
      throw tooLarge(name, limit, actual, what);
    }
  }

  /** The failure of something that is over a limit. */
  public static InferenceException tooLarge(String name, long limit, long actual, String what) {
    return new InferenceException(
        Reason.TOO_LARGE,
        Map.of("limit", name, "expected", "at most " + limit, "actual", Long.toString(actual)),
        what + ": " + actual + " is over the limit of " + limit + " (the server can raise it with --limit " + name
            + "=VALUE)");
  }
}
