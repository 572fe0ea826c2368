package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Comparison compare(float[] expected, float[] got) {
    return Comparison.of(
        ArrayTensor.of(expected, expected.length), ArrayTensor.of(got, got.length), 1e-4, 1e-5);
  }

  @Test
  void countsTheSameInfinityAndNanInTheSamePlaceAsEqual() {
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
    assertThat(compare(odd, odd.clone()).passed()).isTrue();
    assertThat(compare(odd, odd.clone()).error()).isZero();
  }

  @Test
  void failsWhereOnlyOneSideIsNanOrInfinite() {
    assertThat(compare(new float[] {1, Float.NaN}, new float[] {1, 2}).passed()).isFalse();
    assertThat(compare(new float[] {1, 2}, new float[] {1, Float.NaN}).index()).containsExactly(1);
    assertThat(compare(new float[] {Float.POSITIVE_INFINITY}, new float[] {Float.MAX_VALUE}).passed()).isFalse();
    assertThat(compare(new float[] {Float.POSITIVE_INFINITY}, new float[] {Float.NEGATIVE_INFINITY}).passed())
        .isFalse();
  }

  @Test
  void namesThePlaceOfTheLargestError() {
    Comparison failed = compare(new float[] {1, 2, 3}, new float[] {1, 2.1f, 9});
    assertThat(failed.passed()).isFalse();
    assertThat(failed.index()).containsExactly(2);
    Comparison passed = compare(new float[] {1, 2, 3}, new float[] {1, 2.00001f, 3.0001f});
    assertThat(passed.passed()).isTrue();
    assertThat(passed.index()).containsExactly(2);
  }

  @Test
  void asksForEqualIntegersAndShapes() {
    ArrayTensor ones = ArrayTensor.of(new int[] {1, 1}, 2);
    assertThat(Comparison.of(ones, ArrayTensor.of(new int[] {1, 2}, 2), 1, 1).passed()).isFalse();
    assertThat(Comparison.of(ones, ArrayTensor.of(new long[] {1, 1}, 2), 1, 1).passed()).isFalse();
    assertThat(Comparison.of(ones, ArrayTensor.of(new int[] {1, 1}, 1, 2), 1, 1).passed()).isFalse();
  }
}
