package dev.posthorn.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.PredictResponse;
import dev.posthorn.v1.Tensor;
import java.io.ByteArrayOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorRulesTest {
  private static Tensor.Builder of(DataType type, long... shape) {
    Tensor.Builder tensor = Tensor.newBuilder().setDataType(type);
    for (long length : shape) {
      tensor.addShape(length);
    }
    return tensor;
  }

  private static Tensor.Builder unspecified(long... shape) {
    return of(DataType.DATA_TYPE_UNSPECIFIED, shape);
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  private static ArrayTensor read(Tensor.Builder tensor, DType declared) {
    SentTensor sent = SentTensors.of(tensor.build());
    TensorRules.check(sent, Limits.defaults(), "input 'x'");
    return TensorRules.tensor(sent, declared, "input 'x'");
  }

  static Stream<Arguments> breaches() {
    return Stream.of(
        Arguments.of("too few", unspecified(2, 2).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("none", unspecified(2, 2), Reason.MALFORMED_TENSOR),
        Arguments.of("none for a scalar", unspecified(), Reason.MALFORMED_TENSOR),
        Arguments.of("some for no element", unspecified(0, 2).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("several fields", unspecified(1).addFloatValues(1).addIntValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("raw and typed", unspecified(1).setRaw(bytes(0, 0, 0, 0)).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("negative axis", unspecified(-1, 2).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("huge", unspecified(4, 1L << 40).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("hugely empty", unspecified(0, 1L << 40, 1L << 40), Reason.MALFORMED_TENSOR),
        Arguments.of("raw length", unspecified(1).setRaw(bytes(0, 0, 0)), Reason.MALFORMED_TENSOR),
        Arguments.of("raw string", of(DataType.DATA_TYPE_STRING, 1).setRaw(bytes(1)), Reason.MALFORMED_TENSOR),
        Arguments.of("int8 range", of(DataType.DATA_TYPE_INT8, 1).addIntValues(128), Reason.MALFORMED_TENSOR),
        Arguments.of("uint8 range", of(DataType.DATA_TYPE_UINT8, 1).addIntValues(-1), Reason.MALFORMED_TENSOR),
        Arguments.of("uint32 range", of(DataType.DATA_TYPE_UINT32, 1).addIntValues(1L << 32), Reason.MALFORMED_TENSOR),
        Arguments.of("bool byte", of(DataType.DATA_TYPE_BOOL, 1).setRaw(bytes(2)), Reason.MALFORMED_TENSOR),
        Arguments.of("float16 typed", of(DataType.DATA_TYPE_FLOAT16, 1).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("ints in floats", of(DataType.DATA_TYPE_INT32, 1).addFloatValues(1), Reason.MALFORMED_TENSOR),
        Arguments.of("unknown type", unspecified(1).setDataTypeValue(99).addFloatValues(1), Reason.INVALID_DTYPE),
        Arguments.of("rank 9", unspecified(1, 1, 1, 1, 1, 1, 1, 1, 1).addFloatValues(1), Reason.TOO_LARGE),
        Arguments.of("rows", unspecified(65_537, 0), Reason.TOO_LARGE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breaches")
  void refuses(String what, Tensor.Builder tensor, Reason reason) {
    InferenceException thrown =
        catchThrowableOfType(InferenceException.class, () -> read(tensor, DType.FLOAT32));
    assertThat(thrown.reason()).as(thrown.getMessage()).isEqualTo(reason);
    assertThat(thrown).hasMessageContaining("input 'x'");
  }

  @Test
  void takesTheDeclaredTypeWhereNoneIsSaid() {
    assertThat(read(unspecified(1).addIntValues(200), DType.UINT8).dtype()).isEqualTo(DType.UINT8);
    assertThat(read(unspecified(1).addIntValues(200), DType.FLOAT32).dtype()).isEqualTo(DType.INT64);
    assertThat(read(unspecified(1).addFloatValues(1), DType.FLOAT64).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(read(unspecified(1).setRaw(bytes(0, 0x3c)), DType.FLOAT16).floats()[0]).isEqualTo(1f);
    assertThat(read(unspecified(0, 3), DType.INT32).dtype()).isEqualTo(DType.INT32);
    assertThat(read(unspecified(1).addStringValues("ß"), DType.STRING).strings()[0]).isEqualTo("ß");
  }

  @Test
  void readsEveryTypeRaw() {
    assertThat(read(of(DataType.DATA_TYPE_INT8, 1).setRaw(bytes(0xFF)), DType.INT8).ints()[0]).isEqualTo(-1);
    assertThat(read(of(DataType.DATA_TYPE_UINT8, 1).setRaw(bytes(0xFF)), DType.UINT8).ints()[0]).isEqualTo(255);
    assertThat(read(of(DataType.DATA_TYPE_INT16, 1).setRaw(bytes(0xFE, 0xFF)), DType.INT16).ints()[0]).isEqualTo(-2);
    assertThat(read(of(DataType.DATA_TYPE_UINT16, 1).setRaw(bytes(0xFE, 0xFF)), DType.UINT16).ints()[0])
        .isEqualTo(65_534);
    assertThat(read(of(DataType.DATA_TYPE_UINT32, 1).setRaw(bytes(255, 255, 255, 255)), DType.UINT32).longs()[0])
        .isEqualTo(0xFFFF_FFFFL);
    assertThat(read(of(DataType.DATA_TYPE_BFLOAT16, 1).setRaw(bytes(0x80, 0x3F)), DType.FLOAT32).floats()[0])
        .isEqualTo(1f);
    assertThat(read(of(DataType.DATA_TYPE_BOOL, 2).setRaw(bytes(0, 1)), DType.BOOL).booleans())
        .containsExactly(false, true);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void writesWhatItReads(DType type) throws Exception {
    ArrayTensor tensor = ArrayTensor.allocate(type, 2, 2);
    switch (tensor.array()) {
      case boolean[] array -> array[1] = true;
      case int[] array -> array[1] = type == DType.INT8 ? -7 : 7;
      case long[] array -> array[1] = type == DType.INT64 ? -7_000_000_000L : 4_000_000_000L;
      case float[] array -> array[1] = 1.5f;
      case double[] array -> array[1] = 0.1;
      case String[] array -> array[1] = "ß";
      default -> throw new AssertionError();
    }
    for (boolean raw : new boolean[] {true, false}) {
      MessageWriter out = new MessageWriter(1);
      TensorWriter.write(out, 4, "out", tensor, raw);
      OutgoingMessage message = out.message(null);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int length = message.length();
      assertThat(message.drainTo(bytes)).isEqualTo(length).isEqualTo(bytes.size());
      Tensor written = PredictResponse.parseFrom(bytes.toByteArray()).getOutputs(0);
      assertThat(written.getName()).isEqualTo("out");
      assertThat(written.getRaw().isEmpty())
          .isEqualTo(type == DType.STRING || !raw && type != DType.FLOAT16 && type != DType.BFLOAT16);
      ArrayTensor back = TensorRules.tensor(SentTensors.of(written), DType.FLOAT32, "x");
      assertThat(back.dtype()).isEqualTo(type);
      assertThat(back.shape()).isEqualTo(tensor.shape());
      assertThat(back.array()).isEqualTo(tensor.array());
    }
  }
}
