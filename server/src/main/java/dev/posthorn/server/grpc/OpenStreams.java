package dev.posthorn.server.grpc;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The calls that end only when somebody ends them. Thread-safe. */
public final class OpenStreams {
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /** A call without a natural end. */
  public interface Stream {
    /** Reads no further messages, answers those that are here, and then ends the call for that reason. */
    void drain(InferenceException reason);

    /** Bytes of messages and answers that the server holds for this stream. */
    default long bufferedBytes() {
      return 0;
    }

    /** The most bytes that the server ever held for this stream. */
    default long peakBytes() {
      return 0;
    }
  }

  void opened(Stream stream) {
    streams.add(stream);
    if (draining) {
      stream.drain(reason());
    }
  }

  void closed(Stream stream) {
    streams.remove(stream);
  }

  /** Those that are open now. */
  public List<Stream> open() {
    return List.copyOf(streams);
  }

  /** Ends all of them, and those that are opened from now on. */
  public void drain() {
    draining = true;
    streams.forEach(stream -> stream.drain(reason()));
  }

  private static InferenceException reason() {
    return new InferenceException(Reason.SHUTTING_DOWN, "the server is going down; connect again");
  }
}
