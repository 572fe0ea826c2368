package dev.posthorn.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever writes a program against Predict can move it to PredictStream without learning new fields. */
class SharedFieldsTest {

  static IntStream requestFields() {
    return IntStream.rangeClosed(1, 8);
  }

  @ParameterizedTest
  @MethodSource("requestFields")
  void theRequestsOfPredictAndPredictStreamShareTheirFirstEightFields(int number) {
    assertSameField(number, PredictRequest.getDescriptor(), PredictStreamRequest.getDescriptor());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6, 8})
  void theResponsesOfPredictAndPredictStreamShareTheirFields(int number) {
    assertSameField(number, PredictResponse.getDescriptor(), PredictStreamResponse.getDescriptor());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void theResponsesReserveTheNumbersThatOnlyRequestsUse(int number) {
    assertThat(PredictResponse.getDescriptor().isReservedNumber(number)).isTrue();
    assertThat(PredictStreamResponse.getDescriptor().isReservedNumber(number)).isTrue();
  }

  private static void assertSameField(int number, Descriptor one, Descriptor other) {
    FieldDescriptor a = one.findFieldByNumber(number);
    FieldDescriptor b = other.findFieldByNumber(number);
    assertThat(a).as("%s field %s", one.getName(), number).isNotNull();
    assertThat(b).as("%s field %s", other.getName(), number).isNotNull();
    assertThat(b.getName()).isEqualTo(a.getName());
    assertThat(b.getType()).isEqualTo(a.getType());
    assertThat(b.isRepeated()).isEqualTo(a.isRepeated());
    if (a.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      assertThat(b.getMessageType()).isSameAs(a.getMessageType());
    }
  }
}
