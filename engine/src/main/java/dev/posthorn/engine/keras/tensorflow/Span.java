package dev.posthorn.engine.keras.tensorflow;

import java.nio.charset.StandardCharsets;

/**
 * A run of bytes in an array that several of them share and nobody changes.
 *
 * @param from where it begins
 */
public record Span(byte[] array, int from, int length) {
  public Span {
    if (from < 0 || length < 0 || from > array.length - length) {
      throw new IndexOutOfBoundsException("from " + from + ", length " + length + " of " + array.length);
    }
  }

  public static Span of(byte[] array) {
    return new Span(array, 0, array.length);
  }

  /** A part of it. */
  Span part(int start, int itsLength) {
    return new Span(array, from + start, itsLength);
  }

  /** As UTF-8. */
  public String text() {
    return new String(array, from, length, StandardCharsets.UTF_8);
  }
}
