package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Elementary.constant;
import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sine and cosine, in place over whole vectors. Arguments up to {@link #LIMIT} are reduced by pi/2 in three parts;
 * larger ones are left as they are (no result is that large), and then done one by one.
 */
final class CircularLoops {
  private static final float LIMIT = 8192;
  private static final float TWO_OVER_PI = 0.636619772f;
  private static final float HALF_PI_1 = 1.5703125f;
  private static final float HALF_PI_2 = 4.83751297e-4f;
  private static final float HALF_PI_3 = 7.54978995e-8f;
  private static final float ROUND = 0x1.8p23f;

  private CircularLoops() {}

  /** The first loop of the sine. */
  static void sin(float a, float b, float[] x, int from, int to, float[] scratch) {
    quarters(0, x, from, to);
  }

  /** The first loop of the cosine. */
  static void cos(float a, float b, float[] x, int from, int to, float[] scratch) {
    quarters(1, x, from, to);
  }

  static void sinOfLarge(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i++) {
      if (Math.abs(x[i]) > LIMIT) {
        x[i] = (float) StrictMath.sin(x[i]);
      }
    }
  }

  static void cosOfLarge(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i++) {
      if (Math.abs(x[i]) > LIMIT) {
        x[i] = (float) StrictMath.cos(x[i]);
      }
    }
  }

  /** sin(x + quarters pi/2). */
  private static void quarters(int quarters, float[] x, int from, int to) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector t = v.fma(constant(TWO_OVER_PI), constant(ROUND));
      FloatVector n = t.sub(ROUND);
      FloatVector r = n.fma(constant(-HALF_PI_1), v);
      r = n.fma(constant(-HALF_PI_2), r);
      r = n.fma(constant(-HALF_PI_3), r);
      FloatVector y = r.mul(r);
      FloatVector s = y.fma(constant(-0.00019587367904f), constant(0.00833274603088f));
      s = s.fma(y, constant(-0.166666646527f)).mul(y).fma(r, r);
      FloatVector c = y.fma(constant(2.45473981311e-5f), constant(-0.00138883006687f));
      c = c.fma(y, constant(0.0416666646489f)).fma(y, constant(-0.5f)).fma(y, constant(1));
      IntVector quarter = t.reinterpretAsInts().add(quarters);
      VectorMask<Float> odd = quarter.and(1).compare(VectorOperators.NE, 0).cast(SPECIES);
      IntVector sign = quarter.and(2).lanewise(VectorOperators.LSHL, 30);
      s.blend(c, odd)
          .reinterpretAsInts()
          .lanewise(VectorOperators.XOR, sign)
          .reinterpretAsFloats()
          .blend(v, v.abs().compare(VectorOperators.GT, LIMIT))
          .intoArray(x, i);
    }
  }
}
