package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private final Signature two =
      new Signature(
          List.of(port("age", "input_0", TensorSpec.of(DType.FLOAT32, -1, 3)),
              port("ids", "input_1", TensorSpec.of(DType.INT32, -1))),
          List.of(port("y", "output_0", TensorSpec.of(DType.FLOAT32, -1, 1))));

  private static Port port(String name, String alias, TensorSpec spec) {
    return new Port(name, alias, spec, List.of(), false);
  }

  private static Signature.Named named(String name, ArrayTensor tensor) {
    return new Signature.Named(name, tensor);
  }

  private static void assertFails(Reason reason, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(InferenceException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private final ArrayTensor age = ArrayTensor.of(new float[6], 2, 3);
  private final ArrayTensor ids = ArrayTensor.of(new int[2], 2);

  @Test
  void takesNamesAndAliasesInAnyOrder() {
    assertThat(two.bind(List.of(named("input_1", ids), named("age", age)))).containsExactly(age, ids);
  }

  @Test
  void refusesAnInputSentTwiceAlsoByAlias() {
    assertFails(Reason.INVALID_ARGUMENT, "'age' was sent twice",
        () -> two.bind(List.of(named("age", age), named("input_0", age), named("ids", ids))));
  }

  @Test
  void reportsAnUnknownNameBeforeAMissingOne() {
    assertFails(Reason.UNKNOWN_INPUT, "unknown input 'agee': expected [age, ids]",
        () -> two.bind(List.of(named("agee", age))));
    assertFails(Reason.MISSING_INPUT, "'ids' is missing", () -> two.bind(List.of(named("age", age))));
  }

  @Test
  void takesAnEmptyNameOnlyWhereThereIsOneInput() {
    assertFails(Reason.UNKNOWN_INPUT, "without a name", () -> two.bind(List.of(named("", age), named("ids", ids))));
    Signature one = new Signature(List.of(two.inputs().get(0)), two.outputs());
    assertThat(one.bind(List.of(named("", age)))).containsExactly(age);
  }

  @Test
  void saysHowManyFeaturesItExpected() {
    assertFails(Reason.INVALID_INPUT_SHAPE, "input 'age': expected 3 features, got 4",
        () -> two.bind(List.of(named("age", ArrayTensor.of(new float[8], 2, 4)), named("ids", ids))));
    assertFails(Reason.INVALID_INPUT_SHAPE, "expected shape [?, 3], got [6]",
        () -> two.bind(List.of(named("age", ArrayTensor.of(new float[6], 6)), named("ids", ids))));
  }

  @Test
  void refusesInputsOfDifferentRows() {
    assertFails(Reason.INVALID_INPUT_SHAPE, "expected 2 rows as in 'age', got 3",
        () -> two.bind(List.of(named("age", age), named("ids", ArrayTensor.of(new int[3], 3)))));
  }

  @Test
  void convertsWithoutLossOnly() {
    List<ArrayTensor> bound = two.bind(List.of(
        named("age", ArrayTensor.of(new long[] {1, 2, 3, -(1 << 24), 5, 1 << 24}, 2, 3)),
        named("ids", ArrayTensor.of(new long[] {7, -8}, 2))));
    assertThat(bound.get(0).floats()).containsExactly(1, 2, 3, -16777216, 5, 16777216);
    assertThat(bound.get(1).ints()).containsExactly(7, -8);
    assertFails(Reason.INVALID_DTYPE, "value 16777217 at element 0 does not fit float32",
        () -> two.bind(List.of(named("age", ArrayTensor.of(new int[] {(1 << 24) + 1, 0, 0}, 1, 3)),
            named("ids", ids))));
    assertFails(Reason.INVALID_DTYPE, "expected float32, got float64",
        () -> two.bind(List.of(named("age", ArrayTensor.of(new double[3], 1, 3)), named("ids", ids))));
    assertFails(Reason.INVALID_DTYPE, "expected int32, got float32",
        () -> two.bind(List.of(named("age", age), named("ids", ArrayTensor.of(new float[2], 2)))));
    assertFails(Reason.INVALID_DTYPE, "does not fit int32",
        () -> two.bind(List.of(named("age", age), named("ids", ArrayTensor.of(new long[] {1L << 40, 0}, 2)))));
  }
}
