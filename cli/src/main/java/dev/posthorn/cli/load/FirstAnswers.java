package dev.posthorn.cli.load;

import dev.posthorn.client.Prediction;
import dev.posthorn.v1.Tensor;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The first answer of each version to each request; every later one must equal it, bit by bit. Thread-safe. */
final class FirstAnswers {
  private final ConcurrentMap<Key, List<Tensor>> first = new ConcurrentHashMap<>();

  private record Key(long version, int request) {}

  /** Whether the answer is the first or equals it. */
  boolean agrees(int request, Prediction answer) {
    List<Tensor> earlier = first.putIfAbsent(new Key(answer.version(), request), answer.outputs());
    return earlier == null || earlier.equals(answer.outputs());
  }
}
