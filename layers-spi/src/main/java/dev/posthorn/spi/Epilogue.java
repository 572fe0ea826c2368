package dev.posthorn.spi;

/** What follows a layer element by element, to be applied to each part of its output while that is in the cache. */
@FunctionalInterface
public interface Epilogue {
  /** Nothing follows. */
  Epilogue NONE = (call, from, to) -> {};

  /** Replaces the elements {@code from} to {@code to} of output 0, which are whole rows of the last axis. */
  void apply(Call call, int from, int to);
}
