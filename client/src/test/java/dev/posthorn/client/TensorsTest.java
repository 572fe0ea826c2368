package dev.posthorn.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.v1.DataType;
import dev.posthorn.v1.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorsTest {

  @Test
  void rowsGoThereAndBack() {
    float[][] rows = {{1, -0f, Float.NaN}, {Float.POSITIVE_INFINITY, Float.MIN_VALUE, 3}};
    Tensor tensor = Tensors.of("x", rows);
    assertThat(tensor.getDataType()).isEqualTo(DataType.DATA_TYPE_FLOAT32);
    assertThat(TensorReader.shape(tensor)).containsExactly(2, 3);
    assertThat(Arrays.deepEquals(TensorReader.float2d(tensor), rows)).isTrue();
    assertThat(tensor.getRaw().byteAt(3)).isEqualTo((byte) 0x3f); // 1f = 3f800000, little-endian
  }

  @Test
  void everyTypeGoesThereAndBack() {
    assertThat(TensorReader.floats(Tensors.of("x", new float[] {1, 2}, 2))).containsExactly(1, 2);
    assertThat(TensorReader.doubles(Tensors.doubles("x", new double[] {1e300, -1}, 1, 2))).containsExactly(1e300, -1);
    assertThat(TensorReader.ints(Tensors.ints("x", new int[] {Integer.MIN_VALUE, 7}, 2))).containsExactly(Integer.MIN_VALUE, 7);
    assertThat(TensorReader.longs(Tensors.longs("x", new long[] {Long.MAX_VALUE, 7}, 2))).containsExactly(Long.MAX_VALUE, 7);
    assertThat(TensorReader.booleans(Tensors.booleans("x", new boolean[] {true, false}, 2))).containsExactly(true, false);
    assertThat(TensorReader.strings(Tensors.strings("x", List.of("köln", ""), 2))).containsExactly("köln", "");
  }

  @Test
  void readsTypedFieldsWithAndWithoutADataType() {
    assertThat(TensorReader.floats(Tensor.newBuilder().addShape(2).addFloatValues(1).addFloatValues(2).build()))
        .containsExactly(1, 2);
    assertThat(TensorReader.doubles(Tensor.newBuilder().addShape(1).addDoubleValues(0.1).build())).containsExactly(0.1);
    assertThat(TensorReader.longs(Tensor.newBuilder().addShape(1).addIntValues(1L << 40).build())).containsExactly(1L << 40);
    assertThat(TensorReader.booleans(Tensor.newBuilder().addShape(1).addBoolValues(true).build())).containsExactly(true);
    assertThat(TensorReader.ints(
            Tensor.newBuilder().setDataType(DataType.DATA_TYPE_UINT8).addShape(1).addIntValues(200).build()))
        .containsExactly(200);
  }

  @Test
  void readsSmallTypesAsNumbers() {
    byte[] ones = {(byte) 0xff, (byte) 0xff};
    assertThat(TensorReader.ints(Tensors.raw("x", DataType.DATA_TYPE_INT8, ones, 2))).containsExactly(-1, -1);
    assertThat(TensorReader.ints(Tensors.raw("x", DataType.DATA_TYPE_UINT8, ones, 2))).containsExactly(255, 255);
    assertThat(TensorReader.floats(Tensors.raw("x", DataType.DATA_TYPE_UINT16, ones, 1))).containsExactly(65_535);
    byte[] wide = {-1, -1, -1, -1};
    assertThat(TensorReader.longs(Tensors.raw("x", DataType.DATA_TYPE_UINT32, wide, 1))).containsExactly(0xffffffffL);
  }

  @Test
  void readsHalfPrecision() {
    // 1, -2, the largest, the smallest, infinity, -0
    int[] bits = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000};
    byte[] bytes = new byte[12];
    for (int i = 0; i < bits.length; i++) {
      bytes[2 * i] = (byte) bits[i];
      bytes[2 * i + 1] = (byte) (bits[i] >> 8);
    }
    assertThat(TensorReader.floats(Tensors.raw("x", DataType.DATA_TYPE_FLOAT16, bytes, 6)))
        .containsExactly(1f, -2f, 65_504f, 0x1p-24f, Float.POSITIVE_INFINITY, -0f);
    byte[] one = {(byte) 0x80, 0x3f};
    assertThat(TensorReader.doubles(Tensors.raw("x", DataType.DATA_TYPE_BFLOAT16, one, 1))).containsExactly(1);
  }

  @Test
  void emptyBatchesAreTensorsToo() {
    assertThat(TensorReader.float2d(Tensors.of("x", new float[0], 0, 5))).isEmpty();
    assertThat(TensorReader.strings(Tensors.strings("x", List.of(), 0))).isEmpty();
  }

  @Test
  void refusesRaggedRowsAndShapesThatDoNotFit() {
    assertThatThrownBy(() -> Tensors.of(new float[][] {{1, 2}, {3}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1: expected 2 features as in row 0, got 1");
    assertThatThrownBy(() -> Tensors.of("x", new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 4 elements, got 3");
    assertThatThrownBy(() -> TensorReader.floats(Tensors.raw("x", DataType.DATA_TYPE_FLOAT32, new byte[7], 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesATypeThatWouldLoseValues() {
    assertThatThrownBy(() -> TensorReader.floats(Tensors.doubles("x", new double[1], 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds DATA_TYPE_FLOAT64, asked for float");
    assertThatThrownBy(() -> TensorReader.ints(Tensors.longs("x", new long[] {1L << 40}, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
