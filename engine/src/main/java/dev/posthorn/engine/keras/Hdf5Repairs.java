package dev.posthorn.engine.keras;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Looks at the raw bytes of an HDF5 file, before and beside the HDF5 library. Format: HDF5 specification 3.0. */
final class Hdf5Repairs {
  /** Message type 3 (datatype), 8 bytes long; flags and three reserved bytes follow. */
  private static final int DATATYPE_MESSAGE = 0x0008_0003;

  /** Class 5 (opaque), version 1, a tag of no bytes. */
  private static final int UNTAGGED_OPAQUE = 0x15;

  /** Class 3 (text of fixed length), version 1: as opaque and as long. */
  private static final byte FIXED_TEXT = 0x13;

  private static final int END_IN_FIRST_SUPERBLOCKS = 40;
  private static final int END_IN_LATER_SUPERBLOCKS = 28;

  private Hdf5Repairs() {}

  /** How many bytes the superblock says the file has; 0 where it cannot be told. */
  static long declaredSize(ByteBuffer content) {
    ByteBuffer bytes = content.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.limit() < 64 || !Hdf5Weights.recognises(bytes.slice(0, Long.BYTES))) {
      return 0;
    }
    int version = bytes.get(8);
    int widthOfOffsets = bytes.get(version < 2 ? 13 : 9);
    if (version < 0 || version > 3 || widthOfOffsets != Long.BYTES) {
      return 0;
    }
    int driver = version == 1 ? 4 : 0;
    return bytes.getLong(version < 2 ? END_IN_FIRST_SUPERBLOCKS + driver : END_IN_LATER_SUPERBLOCKS);
  }

  /**
   * A copy in which two-byte opaque types without a tag, as h5py writes bfloat16, are declared as text of two bytes: the
   * HDF5 library cannot read a group that holds the former.
   */
  static ByteBuffer untagged(ByteBuffer content) {
    byte[] copy = FileBytes.copy(content);
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 16 <= copy.length; at += 8) {
      if (bytes.getInt(at) == DATATYPE_MESSAGE
          && (bytes.getInt(at + 4) & 0xffffff00) == 0
          && bytes.getInt(at + 8) == UNTAGGED_OPAQUE
          && bytes.getInt(at + 12) == Short.BYTES) {
        copy[at + 8] = FIXED_TEXT;
      }
    }
    return bytes.rewind();
  }
}
