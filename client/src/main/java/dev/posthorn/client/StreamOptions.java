package dev.posthorn.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link PredictionStream} behaves. Immutable: {@code with...} methods give changed copies.
 *
 * @param model what messages without a model of their own are for
 * @param version 0: the version that the model's policy serves
 * @param versionLabel such as {@code stable}, or empty
 * @param windowMessages how many messages may be under way: sent, and their answers not yet taken; at least 1
 * @param windowBytes how many bytes these may have together; one message is always admitted
 * @param deadline after which the whole stream ends; null: never
 * @param reconnectFor how long a lost server is tried again; zero: not at all. Only streams to stateless models go on
 */
public record StreamOptions(
    String model,
    long version,
    String versionLabel,
    int windowMessages,
    long windowBytes,
    @Nullable Duration deadline,
    Duration reconnectFor) {

  public StreamOptions {
    if (windowMessages < 1 || windowBytes < 1) {
      throw new IllegalArgumentException(
          "window: expected at least 1 message and 1 byte, got " + windowMessages + " and " + windowBytes);
    }
    if (version < 0 || (version != 0 && !versionLabel.isEmpty())) {
      throw new IllegalArgumentException("version " + version + " with label '" + versionLabel + "'");
    }
  }

  /** A stream to a model, with the window that a server has by default: 16 messages, 8 MiB. */
  public static StreamOptions of(String model) {
    return new StreamOptions(model, 0, "", 16, 8 << 20, null, Duration.ofSeconds(30));
  }

  /** Answered by this version, unless a message says otherwise. */
  public StreamOptions withVersion(long number) {
    return new StreamOptions(model, number, "", windowMessages, windowBytes, deadline, reconnectFor);
  }

  /** Answered by the version that carries this label, unless a message says otherwise. */
  public StreamOptions withVersionLabel(String label) {
    return new StreamOptions(model, 0, label, windowMessages, windowBytes, deadline, reconnectFor);
  }

  /** With this much under way at most. */
  public StreamOptions withWindow(int messages, long bytes) {
    return new StreamOptions(model, version, versionLabel, messages, bytes, deadline, reconnectFor);
  }

  /** The stream ends with DEADLINE_EXCEEDED after this time. */
  public StreamOptions withDeadline(Duration limit) {
    return new StreamOptions(model, version, versionLabel, windowMessages, windowBytes, limit, reconnectFor);
  }

  /** A lost server is tried again for this long; zero: not at all. */
  public StreamOptions withReconnectFor(Duration limit) {
    return new StreamOptions(model, version, versionLabel, windowMessages, windowBytes, deadline, limit);
  }

  /** The request with this stream's model and version where it names none. */
  PredictionRequest complete(PredictionRequest request) {
    if (!request.model().isEmpty()) {
      return request;
    }
    if (request.version() != 0 || !request.versionLabel().isEmpty()) {
      return request.withModel(model);
    }
    PredictionRequest named = request.withModel(model);
    if (version != 0) {
      return named.withVersion(version);
    }
    return versionLabel.isEmpty() ? named : named.withVersionLabel(versionLabel);
  }
}
