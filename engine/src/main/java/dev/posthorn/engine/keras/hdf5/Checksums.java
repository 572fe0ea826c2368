package dev.posthorn.engine.keras.hdf5;

import java.nio.ByteBuffer;

/** The checksums of HDF5. */
final class Checksums {
  private Checksums() {}

  /** Bob Jenkins' lookup3 (hashlittle, initial value 0) of the first bytes of a little-endian buffer. */
  static int lookup3(ByteBuffer bytes, int length) {
    int a = 0xdeadbeef + length;
    int b = a;
    int c = a;
    int at = 0;
    int left = length;
    while (left > 12) {
      a += bytes.getInt(at);
      b += bytes.getInt(at + 4);
      c += bytes.getInt(at + 8);
      a -= c;
      a ^= Integer.rotateLeft(c, 4);
      c += b;
      b -= a;
      b ^= Integer.rotateLeft(a, 6);
      a += c;
      c -= b;
      c ^= Integer.rotateLeft(b, 8);
      b += a;
      a -= c;
      a ^= Integer.rotateLeft(c, 16);
      c += b;
      b -= a;
      b ^= Integer.rotateLeft(a, 19);
      a += c;
      c -= b;
      c ^= Integer.rotateLeft(b, 4);
      b += a;
      at += 12;
      left -= 12;
    }
    if (left == 0) {
      return c;
    }
    a += tail(bytes, at, left);
    b += tail(bytes, at + 4, left - 4);
    c += tail(bytes, at + 8, left - 8);
    c ^= b;
    c -= Integer.rotateLeft(b, 14);
    a ^= c;
    a -= Integer.rotateLeft(c, 11);
    b ^= a;
    b -= Integer.rotateLeft(a, 25);
    c ^= b;
    c -= Integer.rotateLeft(b, 16);
    a ^= c;
    a -= Integer.rotateLeft(c, 4);
    b ^= a;
    b -= Integer.rotateLeft(a, 14);
    c ^= b;
    c -= Integer.rotateLeft(b, 24);
    return c;
  }

  private static int tail(ByteBuffer bytes, int at, int count) {
    int word = 0;
    for (int i = 0; i < Math.min(4, count); i++) {
      word |= Byte.toUnsignedInt(bytes.get(at + i)) << 8 * i;
    }
    return word;
  }

  /** H5_checksum_fletcher32: over big-endian words of 16 bits, an odd last byte is the high half of one. */
  static int fletcher32(byte[] bytes, int length) {
    long first = 0;
    long second = 0;
    for (int i = 0; i < length; i += 2) {
      int low = i + 1 < length ? bytes[i + 1] & 0xff : 0;
      first = (first + ((bytes[i] & 0xff) << 8 | low)) % 0xffff;
      second = (second + first) % 0xffff;
    }
    return (int) (second << 16 | first);
  }
}
