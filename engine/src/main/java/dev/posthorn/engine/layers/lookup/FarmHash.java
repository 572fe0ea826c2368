package dev.posthorn.engine.layers.lookup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** FarmHash Fingerprint64 (Google, 2014), which TensorFlow hashes strings by. */
final class FarmHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long K0 = 0xc3a5c85c97cb3127L;
  private static final long K1 = 0xb492b66fbe98f273L;
  private static final long K2 = 0x9ae16a3b2f90404fL;

  private FarmHash() {}

  static long fingerprint64(byte[] s) {
    int n = s.length;
    if (n <= 16) {
      return upTo16(s, n);
    }
    if (n <= 32) {
      return upTo32(s, n);
    }
    return n <= 64 ? upTo64(s, n) : new Long64(s).hash();
  }

  private static long upTo16(byte[] s, int n) {
    long m = K2 + 2L * n;
    if (n >= 8) {
      long a = f(s, 0) + K2;
      long b = f(s, n - 8);
      long c = Long.rotateRight(b, 37) * m + a;
      long d = (Long.rotateRight(a, 25) + b) * m;
      return h16(c, d, m);
    }
    if (n >= 4) {
      return h16(n + (g(s, 0) << 3), g(s, n - 4), m);
    }
    if (n > 0) {
      long y = (s[0] & 0xFF) + ((long) (s[n / 2] & 0xFF) << 8);
      long z = n + ((long) (s[n - 1] & 0xFF) << 2);
      return mix(y * K2 ^ z * K0) * K2;
    }
    return K2;
  }

  private static long upTo32(byte[] s, int n) {
    long m = K2 + 2L * n;
    long a = f(s, 0) * K1;
    long b = f(s, 8);
    long c = f(s, n - 8) * m;
    long d = f(s, n - 16) * K2;
    return h16(
        Long.rotateRight(a + b, 43) + Long.rotateRight(c, 30) + d, a + Long.rotateRight(b + K2, 18) + c, m);
  }

  private static long upTo64(byte[] s, int n) {
    long m = K2 + 2L * n;
    long a = f(s, 0) * K2;
    long b = f(s, 8);
    long c = f(s, n - 8) * m;
    long d = f(s, n - 16) * K2;
    long y = Long.rotateRight(a + b, 43) + Long.rotateRight(c, 30) + d;
    long z = h16(y, a + Long.rotateRight(b + K2, 18) + c, m);
    long e = f(s, 16) * m;
    long f = f(s, 24);
    long g = (y + f(s, n - 32)) * m;
    long h = (z + f(s, n - 24)) * m;
    return h16(
        Long.rotateRight(e + f, 43) + Long.rotateRight(g, 30) + h, e + Long.rotateRight(f + a, 18) + g, m);
  }

  private static long f(byte[] s, int i) {
    return (long) LONG.get(s, i);
  }

  private static long g(byte[] s, int i) {
    return ((int) INT.get(s, i)) & 0xFFFFFFFFL;
  }

  private static long mix(long x) {
    return x ^ (x >>> 47);
  }

  private static long h16(long u, long v, long m) {
    long a = mix((u ^ v) * m);
    return mix((v ^ a) * m) * m;
  }

  /** The hash of more than 64 bytes, in blocks of 64. */
  private static final class Long64 {
    private final byte[] s;
    private long x = 81;
    private long y = 0x226bb95b4e64b6d4L; // 81 K1 + 113 in 64 bits
    private long z = mix(y * K2 + 113) * K2;
    private long v0;
    private long v1;
    private long w0;
    private long w1;

    Long64(byte[] s) {
      this.s = s;
      x = x * K2 + f(s, 0);
    }

    long hash() {
      int n = s.length;
      int end = (n - 1) / 64 * 64;
      for (int i = 0; i < end; i += 64) {
        block(i, K1, 1);
      }
      long m = K1 + ((z & 255) << 1);
      w0 += (n - 1) & 63;
      v0 += w0;
      w0 += v0;
      block(n - 64, m, 9);
      return h16(h16(v0, w0, m) + mix(y) * K0 + z, h16(v1, w1, m) + x, m);
    }

    private void block(int i, long m, long factor) {
      x = Long.rotateRight(x + y + v0 + f(s, i + 8), 37) * m;
      y = Long.rotateRight(y + v1 + f(s, i + 48), 42) * m;
      x ^= factor * w1;
      y += factor * v0 + f(s, i + 40);
      z = Long.rotateRight(z + w0, 33) * m;
      long a = v1 * m + f(s, i);
      long b = x + w0;
      b = Long.rotateRight(b + a + f(s, i + 24), 21);
      long c = a;
      a += f(s, i + 8) + f(s, i + 16);
      b += Long.rotateRight(a, 44);
      v0 = a + f(s, i + 24);
      v1 = b + c;
      a = z + w1 + f(s, i + 32);
      b = y + f(s, i + 16);
      b = Long.rotateRight(b + a + f(s, i + 56), 21);
      c = a;
      a += f(s, i + 40) + f(s, i + 48);
      b += Long.rotateRight(a, 44);
      w0 = a + f(s, i + 56);
      w1 = b + c;
      long swapped = z;
      z = x;
      x = swapped;
    }
  }
}
