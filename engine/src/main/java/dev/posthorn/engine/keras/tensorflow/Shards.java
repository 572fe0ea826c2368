package dev.posthorn.engine.keras.tensorflow;

import java.nio.ByteBuffer;

/** The data files of a checkpoint, read in pieces. */
public interface Shards {
  /**
   * Bytes of one of the files.
   *
   * @param count how many files there are in all, which is a part of their names
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is missing or too short
   */
  ByteBuffer read(int shard, int count, long offset, int length);
}
