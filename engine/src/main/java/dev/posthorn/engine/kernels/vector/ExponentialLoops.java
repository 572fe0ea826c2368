package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Elementary.constant;
import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions made of exponentials, in place over whole vectors. In a straight loop C2 keeps the vectors in registers. */
final class ExponentialLoops {
  private ExponentialLoops() {}

  static void exp(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.exp(v).intoArray(x, i);
    }
  }

  static void expm1(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.expm1(v).intoArray(x, i);
    }
  }

  static void log(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.log(v).intoArray(x, i);
    }
  }

  static void log1p(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.log1p(v).intoArray(x, i);
    }
  }

  static void tanh(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.tanh(v).intoArray(x, i);
    }
  }

  static void sigmoid(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      Elementary.sigmoid(v).intoArray(x, i);
    }
  }

  static void silu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.div(Elementary.exp(v.neg()).add(1)).intoArray(x, i);
    }
  }

  static void geluTanh(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector u = v.mul(v.mul(v).fma(constant(-0.0713548163f), constant(-1.59576912f)));
      v.div(Elementary.exp(u).add(1)).intoArray(x, i);
    }
  }

  static void mish(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector e = Elementary.exp(v.blend(20, v.compare(VectorOperators.GT, 20)));
      FloatVector n = e.mul(e.add(2));
      v.mul(n.div(n.add(2))).intoArray(x, i);
    }
  }

  static void elu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector negative = Elementary.expm1(v).mul(a);
      negative.blend(v, v.compare(VectorOperators.GT, 0)).intoArray(x, i);
    }
  }

  static void selu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector negative = Elementary.expm1(v).mul(a);
      negative.blend(v, v.compare(VectorOperators.GT, 0)).mul(b).intoArray(x, i);
    }
  }

  static void celu(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector negative = Elementary.expm1(v.div(a)).mul(a);
      negative.blend(v, v.compare(VectorOperators.GT, 0)).intoArray(x, i);
    }
  }

  static void tanhShrink(float a, float b, float[] x, int from, int to, float[] scratch) {
    for (int i = from; i < to; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.sub(Elementary.tanh(v)).intoArray(x, i);
    }
  }
}
