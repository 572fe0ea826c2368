package dev.posthorn.benchmarks;

/** Somebody who is measured: one network, one batch. */
interface Contender extends AutoCloseable {
  /** Computes the batch; its outputs are where {@link #outputs} finds them. */
  void run();

  float[] outputs();

  @Override
  void close();
}
