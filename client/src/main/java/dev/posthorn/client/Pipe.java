package dev.posthorn.client;

import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps a stream's window full from a source whenever an answer is asked for. For one thread. */
final class Pipe {

  private final PredictionStream stream;
  private final Iterator<PredictionRequest> source;
  private @Nullable PredictionRequest waiting;

  Pipe(PredictionStream stream, Iterator<PredictionRequest> source) {
    this.stream = stream;
    this.source = source;
  }

  Optional<Answer> next() {
    fill();
    return stream.receive();
  }

  private void fill() {
    while (waiting != null || source.hasNext()) {
      PredictionRequest request = waiting == null ? source.next() : waiting;
      if (!stream.trySend(request)) {
        waiting = request;
        return;
      }
      waiting = null;
    }
    stream.finish();
  }
}
