package dev.posthorn.client;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers until the source gives none. For one thread. */
final class AnswerIterator implements Iterator<Answer> {

  private final Supplier<Optional<Answer>> source;
  private @Nullable Answer next;
  private boolean atEnd;

  AnswerIterator(Supplier<Optional<Answer>> source) {
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    if (next == null && !atEnd) {
      next = source.get().orElse(null);
      atEnd = next == null;
    }
    return next != null;
  }

  @Override
  public Answer next() {
    Answer answer = hasNext() ? next : null;
    if (answer == null) {
      throw new NoSuchElementException("every answer has been taken");
    }
    next = null;
    return answer;
  }
}
