package dev.posthorn.engine.kernels.vector;

import dev.posthorn.engine.kernels.WidthLoader;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of all vectors of this package, as constants: C2 makes instructions only of what it knows to be constant.
 * It is the machine's preferred width, unless a {@link WidthLoader} has loaded this copy of the package for a narrower
 * one.
 */
final class Lanes {
  static final VectorSpecies<Float> SPECIES =
      Lanes.class.getClassLoader() instanceof WidthLoader loader
          ? FloatVector.SPECIES_PREFERRED.withShape(VectorShape.forBitSize(loader.bits()))
          : FloatVector.SPECIES_PREFERRED;

  /** The same width in ints. */
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED.withShape(SPECIES.vectorShape());

  static final int COUNT = SPECIES.length();

  /**
   * Vectors of a whole panel. A tile of 6 rows and 4 vectors wants 32 registers, which x86 has only with AVX-512 and
   * other machines always.
   */
  static final int PANEL = SPECIES.vectorBitSize() >= 512 || !"amd64".equals(System.getProperty("os.arch")) ? 4 : 2;

  private Lanes() {}
}
