package dev.posthorn.engine.layers.lookup;

/**
 * How tokens outside of the vocabulary are spread over several indices.
 *
 * @param floorMod integers by their remainder
 * @param salted others by SipHash with the two keys, else by FarmHash
 */
record OovBuckets(boolean floorMod, boolean salted, long k0, long k1) {
  int of(byte[] token, int count) {
    long hash = salted ? SipHash.hash(token, k0, k1) : FarmHash.fingerprint64(token);
    return (int) Long.remainderUnsigned(hash, count);
  }
}
