package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import java.nio.ByteBuffer;

/**
 * An HDF5 file: superblocks 0 to 3, groups, attributes and datasets of every layout but virtual ones, packed by
 * gzip, shuffle, fletcher32 or lzf. Nothing is read that is not asked for, nothing outside of the content given, and no
 * link to another path or file is followed. Immutable and thread-safe.
 */
public final class Hdf5File {
  private final Hdf5Group root;

  private Hdf5File(Hdf5Group root) {
    this.root = root;
  }

  /** Whether the content is HDF5, be it damaged: its signature at 0, or behind a user block. */
  public static boolean recognises(Content content) {
    return Superblock.find(content) >= 0;
  }

  /**
   * Opens a file.
   *
   * @param content whole
   * @param what the file, for messages
   * @param budget of bytes, tensors and the inflated ratio
   * @throws InferenceException INVALID_MODEL if it is no HDF5 file or a damaged one, UNSUPPORTED, TOO_LARGE
   */
  public static Hdf5File open(ByteBuffer content, String what, Budget budget) {
    return open(Content.of(content), what, budget);
  }

  /** As {@link #open(ByteBuffer, String, Budget)}, of a file that may be too large to be in memory. */
  public static Hdf5File open(Content content, String what, Budget budget) {
    Superblock superblock = Superblock.read(content, what, budget);
    return new Hdf5File(new Hdf5Group(ObjectHeader.read(superblock.image(), superblock.root(), "")));
  }

  public Hdf5Group root() {
    return root;
  }
}
