package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Elementary.constant;
import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of a few operations, in place over whole vectors. */
final class ArithmeticLoops {
  private ArithmeticLoops() {}

  static void relu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.max(0).intoArray(x, i);
    }
  }

  static void leakyRelu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.mul(a).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(x, i);
    }
  }

  static void hardSigmoid(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.fma(constant(a), constant(b)).max(0).min(1).intoArray(x, i);
    }
  }

  static void hardSilu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.mul(v.fma(constant(a), constant(b)).max(0).min(1)).intoArray(x, i);
    }
  }

  static void clip(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.max(a).min(b).intoArray(x, i);
    }
  }

  static void softsign(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.div(v.abs().add(1)).intoArray(x, i);
    }
  }

  static void hardShrink(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector.zero(SPECIES).blend(v, v.abs().compare(VectorOperators.GT, a)).intoArray(x, i);
    }
  }

  static void softShrink(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector low = FloatVector.zero(SPECIES).blend(v.add(a), v.compare(VectorOperators.LT, -a));
      low.blend(v.sub(a), v.compare(VectorOperators.GT, a)).intoArray(x, i);
    }
  }

  static void threshold(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      constant(b).blend(v, v.compare(VectorOperators.GT, a)).intoArray(x, i);
    }
  }

  /** Below 0 as a / (sqrt(x^2 + a) - x) / 2, which does not cancel; where x^2 would overflow, the root is |x|. */
  static void squareplus(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector abs = v.abs();
      FloatVector root = v.fma(v, constant(a)).sqrt().blend(abs, abs.compare(VectorOperators.GT, 1e18f));
      FloatVector half = root.fma(constant(0.5f), abs.mul(0.5f));
      half.blend(constant(0.25f * a).div(half), v.compare(VectorOperators.LT, 0)).intoArray(x, i);
    }
  }

  static void sparsePlus(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector half = v.add(1).mul(0.5f);
      FloatVector upTo1 = half.mul(half).blend(0, v.compare(VectorOperators.LE, -1));
      upTo1.blend(v, v.compare(VectorOperators.GE, 1)).intoArray(x, i);
    }
  }

  static void sqrt(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.sqrt().intoArray(x, i);
    }
  }

  static void rsqrt(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      constant(1).div(v.sqrt()).intoArray(x, i);
    }
  }
}
