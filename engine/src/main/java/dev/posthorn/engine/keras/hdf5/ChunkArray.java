package dev.posthorn.engine.keras.hdf5;

import org.jspecify.annotations.Nullable;

/** An index of chunks by their position. */
interface ChunkArray {
  /** Whether its elements carry a length and a filter mask. */
  boolean filtered();

  /** The element at that position; null if it was never written. */
  @Nullable Cursor element(long position);
}
