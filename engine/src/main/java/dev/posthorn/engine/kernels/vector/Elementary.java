package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.INTS;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, logarithm and error function of a vector: reduction of the argument, a minimax polynomial on FMA, and a
 * choice of lanes for what is special. Each lane is computed by itself, so a value never depends on its neighbours, and
 * each step is one rounded operation, so it does not depend on whether the code is compiled.
 *
 * <p>The polynomials were fitted by the Remez algorithm; the bounds of their errors stand beside them.
 */
final class Elementary {
  private static final float LOG2_E = 1.44269504f;
  /** ln 2 in two parts, the first with few bits. */
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding it rounds to an integer, which then stands in the low bits. */
  private static final float ROUND = 0x1.8p23f;
  private static final int ROUND_BITS = 0x4b400000;
  private static final int ONE_BITS = 0x3f800000;
  private static final int SQRT_HALF_BITS = 0x3f3504f3;
  /** Beyond it 1 + e^-x is 1, and the square of e^x is finite. */
  private static final float BOUND = 40;
  static final float SQRT_HALF = 0.70710678f;

  private Elementary() {}

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(constant(LOG2_E), constant(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
    FloatVector p = expm1Reduced(r).add(1);
    IntVector i = t.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = i.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half))
        .mul(powerOfTwo(i.sub(half)))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.722839f))
        .blend(0, x.compare(VectorOperators.LT, -103.97208f));
  }

  static FloatVector expm1(FloatVector x) {
    return expm1Bounded(x)
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, 88.722839f))
        .blend(-1, x.compare(VectorOperators.LT, -18))
        .blend(x, x.compare(VectorOperators.EQ, 0));
  }

  /** e^x - 1 for x from -18 to 88.7. */
  static FloatVector expm1Bounded(FloatVector x) {
    FloatVector t = x.fma(constant(LOG2_E), constant(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
    FloatVector half = powerOfTwo(t.reinterpretAsInts().sub(ROUND_BITS + 1));
    FloatVector y = expm1Reduced(r).fma(half, half.sub(0.5f));
    return y.add(y);
  }

  /** e^r - 1 for |r| up to ln(2)/2: r + r^2 q(r), q within 6.4e-8. */
  private static FloatVector expm1Reduced(FloatVector r) {
    FloatVector q =
        r.fma(constant(0.00139414132427f), constant(0.00836335085072f))
            .fma(r, constant(0.0416663719089f))
            .fma(r, constant(0.166665759398f))
            .fma(r, constant(0.500000002739f));
    return r.mul(r).fma(q, r);
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
    IntVector e = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
    FloatVector exponent = toFloat(e);
    return logReduced(f, exponent.blend(exponent.sub(23), tiny))
        .blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not())
        .blend(Float.NaN, x.compare(VectorOperators.LT, 0))
        .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
  }

  static FloatVector log1p(FloatVector x) {
    return log1pBounded(x)
        .blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY))
        .blend(Float.NaN, x.compare(VectorOperators.LT, -1))
        .blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1))
        .blend(x, x.compare(VectorOperators.EQ, 0));
  }

  /** ln(1 + x) for finite x above -1. The reduced argument 2^-e (1 + x) - 1 is made of x itself: 1 + x is rounded. */
  static FloatVector log1pBounded(FloatVector x) {
    IntVector e = x.add(1).reinterpretAsInts().sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector scale = powerOfTwo(constantInts(2).sub(e));
    FloatVector f = x.mul(0.25f).fma(scale, scale.fma(constant(0.25f), constant(-1)));
    return logReduced(f, toFloat(e));
  }

  /** ln(2^e (1 + f)) for f from sqrt(1/2) - 1 to sqrt(2) - 1: f - f^2/2 + f^3 p(f), f^2 p within 5.9e-9. */
  private static FloatVector logReduced(FloatVector f, FloatVector e) {
    FloatVector p =
        f.fma(constant(-0.0785975460057f), constant(0.128817777231f))
            .fma(f, constant(-0.131287566285f))
            .fma(f, constant(0.141811717644f))
            .fma(f, constant(-0.166245520417f))
            .fma(f, constant(0.200022871416f))
            .fma(f, constant(-0.250008104704f))
            .fma(f, constant(0.333333167207f));
    FloatVector y = f.mul(f).mul(f.fma(p, constant(-0.5f)));
    return e.fma(constant(LN2_HIGH), e.fma(constant(LN2_LOW), y).add(f));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector e = expm1Bounded(a.add(a).blend(20, a.compare(VectorOperators.GT, 10)));
    return withSign(e.div(e.add(2)), x);
  }

  static FloatVector sigmoid(FloatVector x) {
    return constant(1).div(exp(x.neg()).add(1));
  }

  /** 1 + e^-x, the reciprocal of the sigmoid. */
  static FloatVector onePlusExpOfMinus(FloatVector x) {
    FloatVector v = x.neg();
    FloatVector e = expBounded(v.blend(-BOUND, v.compare(VectorOperators.LT, -BOUND)));
    return e.add(1).blend(Float.POSITIVE_INFINITY, v.compare(VectorOperators.GT, 88));
  }

  /** The same, but at most 1 + e^40: where it divides a number of size 1, 4e-18 stands for 0. */
  static FloatVector onePlusExpOfMinusBounded(FloatVector x) {
    return expBounded(bounded(x.neg())).add(1);
  }

  /** e^2x - 1, but at most e^40 - 1. */
  static FloatVector expm1OfTwice(FloatVector x) {
    return expm1Bounded(bounded(x.add(x)));
  }

  private static FloatVector bounded(FloatVector x) {
    return x.blend(BOUND, x.compare(VectorOperators.GT, BOUND)).blend(-BOUND, x.compare(VectorOperators.LT, -BOUND));
  }

  /** e^x for x from -87 to 88. */
  private static FloatVector expBounded(FloatVector x) {
    FloatVector t = x.fma(constant(LOG2_E), constant(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
    return expm1Reduced(r).add(1).mul(powerOfTwo(t.reinterpretAsInts().sub(ROUND_BITS)));
  }

  /** ln(1 + e^x), given e^-|x|. */
  static FloatVector softplus(FloatVector x, FloatVector exp) {
    return x.max(0).add(log1pBounded(exp));
  }

  /** erf(x), given e^(-x^2). */
  static FloatVector erf(FloatVector x, FloatVector exp) {
    FloatVector a = x.abs();
    FloatVector large = withSign(constant(1).sub(erfc(a, exp)), x);
    return large.blend(x.mul(erfOverX(x.mul(x))), a.compare(VectorOperators.LT, 1));
  }

  /** x (1 + erf(x / sqrt 2)) / 2, given e^(-x^2/2); far below 0 the sum would cancel, hence erfc. */
  static FloatVector gelu(FloatVector x, FloatVector exp) {
    FloatVector z = x.mul(SQRT_HALF);
    FloatVector a = z.abs();
    FloatVector half = erfc(a, exp).mul(0.5f);
    FloatVector positive = x.sub(half.mul(x.blend(30, x.compare(VectorOperators.GT, 30))));
    FloatVector large = positive.blend(x.mul(half), x.compare(VectorOperators.LT, 0));
    FloatVector small = x.mul(z.mul(erfOverX(z.mul(z))).fma(constant(0.5f), constant(0.5f)));
    return large.blend(small, a.compare(VectorOperators.LT, 1));
  }

  /** erf(x)/x for y = x^2 up to 1, within 1.2e-9. */
  private static FloatVector erfOverX(FloatVector y) {
    return y.fma(constant(7.88912206621e-5f), constant(-0.000802084208407f))
        .fma(y, constant(0.00518953543787f))
        .fma(y, constant(-0.0268544446502f))
        .fma(y, constant(0.112836001779f))
        .fma(y, constant(-0.376126271362f))
        .fma(y, constant(1.12837916591f));
  }

  /** 1 - erf(a) for a from 0.86, given e^(-a^2): t p(t) e^(-a^2) with t = 2/(2 + a), p within 7.7e-10. */
  private static FloatVector erfc(FloatVector a, FloatVector exp) {
    FloatVector t = constant(2).div(a.add(2));
    FloatVector p =
        t.fma(constant(-0.0777272768383f), constant(0.251277238535f))
            .fma(t, constant(-0.24799661955f))
            .fma(t, constant(0.0255952994156f))
            .fma(t, constant(-0.0253385293029f))
            .fma(t, constant(0.0869318962049f))
            .fma(t, constant(0.176036626745f))
            .fma(t, constant(0.246844200367f))
            .fma(t, constant(0.282094648596f))
            .fma(t, constant(0.282094791102f));
    return p.mul(t).mul(exp);
  }

  /** The value with the sign bit of {@code x}; the value itself has none. */
  private static FloatVector withSign(FloatVector value, FloatVector x) {
    return value
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(Integer.MIN_VALUE))
        .reinterpretAsFloats();
  }

  /** 2^n for n from -126 to 127. */
  private static FloatVector powerOfTwo(IntVector n) {
    return n.lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats();
  }

  /** Small integers as floats. */
  private static FloatVector toFloat(IntVector n) {
    return n.add(ROUND_BITS).reinterpretAsFloats().sub(ROUND);
  }

  static FloatVector constant(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  private static IntVector constantInts(int value) {
    return IntVector.broadcast(INTS, value);
  }
}
