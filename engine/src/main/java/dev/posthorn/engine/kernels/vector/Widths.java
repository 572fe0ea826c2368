package dev.posthorn.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;

/** What vectors this machine has. To be asked only where the module jdk.incubator.vector is there. */
public final class Widths {
  private Widths() {}

  /** The width that the JVM prefers, in bits. */
  public static int preferredBits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
