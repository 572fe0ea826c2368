package dev.posthorn.engine.keras.hdf5;

import java.util.Optional;

/** A group or a dataset of a file. Immutable and thread-safe. */
public sealed interface Hdf5Node permits Hdf5Group, Hdf5Dataset {
  /** Its path from the root, without a slash before it; empty for the root. */
  String path();

  /**
   * An attribute by name.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is damaged there, UNSUPPORTED
   */
  Optional<Hdf5Attribute> attribute(String name);
}
