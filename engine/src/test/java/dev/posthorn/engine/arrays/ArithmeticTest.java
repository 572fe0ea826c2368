package dev.posthorn.engine.arrays;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Numbers where NumPy and plain Java disagree, or formulas lose digits. */
class ArithmeticTest {
  @Test
  void dividesTowardsMinusInfinity() {
    double[] a = {7, -7, 7, -7, 1.5, 0};
    double[] b = {2, 2, -2, -2, 0.5, -3};
    assertThat(apply(Arithmetic.FLOOR_DIVIDE, a, b)).containsExactly(3, -4, -4, 3, 3, -0.0);
    assertThat(apply(Arithmetic.MOD, a, b)).containsExactly(1, 1, -1, -1, 0, -0.0);
    assertThat(apply(Arithmetic.FMOD, a, b)).containsExactly(1, -1, 1, -1, 0, 0);
  }

  @Test
  void keepsOrSkipsNotANumber() {
    double[] a = {Double.NaN, 1};
    double[] b = {2, Double.NaN};
    assertThat(apply(Arithmetic.MAXIMUM, a, b)).containsOnly(Double.NaN);
    assertThat(apply(Arithmetic.FMAX, a, b)).containsExactly(2, 1);
  }

  @Test
  void raisesFloatsToAnyPower() {
    float[] y = new float[5];
    Arithmetic.POWER.apply(
        new float[] {2, -2, 0, -8, 1e30f}, new float[] {0.5f, 3, -1, 0.3f, 2}, y, y.length);
    assertThat(y).containsExactly(1.4142135f, -8, Float.POSITIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY);
  }

  private static double[] apply(Arithmetic function, double[] a, double[] b) {
    double[] y = new double[a.length];
    function.apply(a, b, y, a.length);
    return y;
  }

  @Test
  void promotesTypesLikeKeras() {
    assertThat(Promotion.of(DType.UINT8, DType.INT8)).isEqualTo(DType.INT16);
    assertThat(Promotion.of(DType.UINT32, DType.INT32)).isEqualTo(DType.INT64);
    assertThat(Promotion.of(DType.INT64, DType.FLOAT16)).isEqualTo(DType.FLOAT16);
    assertThat(Promotion.of(DType.BFLOAT16, DType.FLOAT16)).isEqualTo(DType.FLOAT32);
    assertThat(Promotion.of(DType.BOOL, DType.UINT8)).isEqualTo(DType.UINT8);
  }

  @Test
  void castsLikeKeras() {
    int[] bytes = new int[4];
    Casting.run(new float[] {255.9f, 256, -1, 3.7f}, 4, bytes, DType.UINT8);
    assertThat(bytes).containsExactly(255, 0, 255, 3);
    float[] rounded = {1.00390625f, 1.01171875f, Float.NaN};
    Casting.round(rounded, 3, DType.BFLOAT16);
    assertThat(rounded).containsExactly(1, 1.015625f, Float.NaN);
  }

  @Test
  void knowsTheErrorFunctionToAllDigits() {
    Offset<Double> tiny = Offset.offset(1e-14);
    assertThat(Scalars.at(Function.ERF, 0, 0, 0.5)).isCloseTo(0.5204998778130465, tiny);
    assertThat(Scalars.at(Function.ERF, 0, 0, -3)).isCloseTo(-0.9999779095030014, tiny);
    assertThat(Scalars.at(Function.GELU, 0, 0, -5) / -1.4332578e-6).isCloseTo(1, Offset.offset(1e-6));
    assertThat(Scalars.at(Function.SOFTPLUS, 0, 0, -800)).isZero();
    assertThat(Scalars.at(Function.SILU, 0, 0, Double.NEGATIVE_INFINITY)).isZero();
  }

  @Test
  void turnsAndCopiesViews() {
    View view = View.of(dev.posthorn.spi.Shape.of(2, 3)).transpose(1, 0).flip(0);
    int[] to = new int[6];
    StridedCopy.gather(view).run(new int[] {1, 2, 3, 4, 5, 6}, 0, to, 0);
    assertThat(to).containsExactly(3, 6, 2, 5, 1, 4);
    assertThat(view.rowsKept()).isFalse();
  }
}
