package dev.posthorn.engine.layers.lookup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** SipHash-2-4 (Aumasson and Bernstein, 2012). */
final class SipHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private long v0;
  private long v1;
  private long v2;
  private long v3;

  private SipHash(long k0, long k1) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
  }

  static long hash(byte[] data, long k0, long k1) {
    SipHash state = new SipHash(k0, k1);
    int whole = data.length & ~7;
    for (int i = 0; i < whole; i += 8) {
      state.add((long) LONG.get(data, i));
    }
    long last = (long) data.length << 56;
    for (int i = whole; i < data.length; i++) {
      last |= (data[i] & 0xFFL) << (8 * (i - whole));
    }
    state.add(last);
    state.v2 ^= 0xFF;
    for (int i = 0; i < 4; i++) {
      state.round();
    }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
  }

  private void add(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
