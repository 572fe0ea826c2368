package dev.posthorn.engine.keras.tensorflow;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The masked CRC-32C of TensorFlow's files: rotated right by 15, plus a constant. Source: tensorflow/core/lib/hash/crc32c.h. */
final class Checksum {
  private static final int ROTATED = 15;
  private static final int DELTA = 0xa282ead8;

  private final CRC32C crc = new CRC32C();

  Checksum add(Span bytes) {
    crc.update(bytes.array(), bytes.from(), bytes.length());
    return this;
  }

  Checksum add(ByteBuffer bytes) {
    crc.update(bytes.duplicate());
    return this;
  }

  /** Adds a number of four bytes, little endian. */
  Checksum add(int number) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc.update(number >>> shift & 0xff);
    }
    return this;
  }

  int masked() {
    return Integer.rotateRight((int) crc.getValue(), ROTATED) + DELTA;
  }
}
