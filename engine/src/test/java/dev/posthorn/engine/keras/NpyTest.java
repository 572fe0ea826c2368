package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NpyTest {
  private static ArrayTensor read(byte[] file) {
    return Npy.open(ByteBuffer.wrap(file), "x", Budget.DEFAULT).read();
  }

  private static byte[] file(int version, String header, byte... elements) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file = ByteBuffer.allocate((version == 1 ? 10 : 12) + text.length + elements.length);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) text.length);
    } else {
      file.putInt(text.length);
    }
    return file.put(text).put(elements).array();
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
  }

  @Test
  void readsWhatNumpyWrote() {
    ArrayTensor input = Npy.read(Golden.file("mlp_33_64_32_1/input_0.npy"), Budget.DEFAULT);
    assertThat(input.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(input.shape()).isEqualTo(Shape.of(8, 33));
    Map<String, StoredArray> weights = Npz.open(Golden.file("mlp_33_64_32_1/weights.npz"), Budget.DEFAULT);
    assertThat(weights.keySet()).containsExactly("arr_0", "arr_1", "arr_2", "arr_3", "arr_4", "arr_5");
    assertThat(weights.get("arr_0").shape()).isEqualTo(Shape.of(33, 64));
  }

  @Test
  void readsBackEveryTypeThatItWrites() {
    ArrayTensor[] tensors = {
      ArrayTensor.of(new float[] {1.5f, -0f, Float.NaN, 3e38f, 5, 6}, 2, 3),
      ArrayTensor.of(new double[] {Math.PI}),
      ArrayTensor.of(new int[] {Integer.MIN_VALUE, 7}, 2),
      ArrayTensor.of(new long[] {Long.MAX_VALUE, -1}, 1, 2),
      ArrayTensor.of(new boolean[] {true, false, true}, 3),
      ArrayTensor.of(new String[] {"", "naïve 🐚", "x"}, 3),
      ArrayTensor.of(new float[0], 0, 3),
      ArrayTensor.over(DType.INT8, Shape.of(2), new int[] {-128, 127}),
      ArrayTensor.over(DType.UINT8, Shape.of(2), new int[] {0, 255}),
      ArrayTensor.over(DType.INT16, Shape.of(2), new int[] {-32768, 32767}),
      ArrayTensor.over(DType.UINT16, Shape.of(1), new int[] {65535}),
      ArrayTensor.over(DType.UINT32, Shape.of(1), new long[] {0xffffffffL}),
      ArrayTensor.over(DType.FLOAT16, Shape.of(3), new float[] {0.5f, -65504, 6e-8f}),
    };
    Map<String, ArrayTensor> named = new LinkedHashMap<>();
    for (ArrayTensor tensor : tensors) {
      byte[] file = Npy.bytes(tensor);
      assertThat((file.length - tensor.size() * width(file)) % 64).isZero();
      ArrayTensor back = read(file);
      assertThat(back.spec()).isEqualTo(tensor.spec());
      if (tensor.dtype() != DType.FLOAT16) {
        assertThat(back.array()).isEqualTo(tensor.array());
      }
      named.put(tensor.dtype().kerasName() + tensor.shape(), tensor);
    }
    assertThat(read(Npy.bytes(tensors[12])).floats()).containsExactly(0.5f, -65504, 5.9604645e-8f);
    Map<String, StoredArray> npz = Npz.open(ByteBuffer.wrap(Npz.bytes(named)), "x.npz", Budget.DEFAULT);
    assertThat(npz.keySet()).containsExactlyElementsOf(named.keySet());
    assertThat(npz.get("float32[2, 3]").read().floats()).isEqualTo(tensors[0].floats());
  }

  private static int width(byte[] file) {
    return NpyHeader.read(ByteBuffer.wrap(file), "x", Budget.DEFAULT).width();
  }

  @Test
  void readsFortranOrderAndBigEndian() {
    byte[] elements = {0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2};
    assertThat(read(file(2, header(">i2", true, "(2, 3)"), elements)).ints()).containsExactly(0, 2, 0x101, 1, 0x100, 0x102);
    assertThat(read(file(3, header(">i2", false, "(6,)"), elements)).ints()).containsExactly(0, 1, 2, 0x100, 0x101, 0x102);
    assertThat(read(file(1, header("|i1", true, "(2, 2, 3)"), elements)).ints())
        .containsExactly(0, 0, 1, 0, 1, 1, 0, 2, 1, 1, 0, 2);
  }

  @Test
  void readsTextAndBfloat16AndUnsignedLongs() {
    assertThat(read(file(1, header("|S3", false, "(2,)"), (byte) 'a', (byte) 0, (byte) 0, (byte) 'b', (byte) 'c', (byte) 'd')).strings())
        .containsExactly("a", "bcd");
    assertThat(read(file(1, header("|V2", false, "(1,)"), (byte) 0x80, (byte) 0x3f)).floats()).containsExactly(1f);
    assertThat(read(file(1, header("<u8", false, "()"), (byte) 5, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0)).longs())
        .containsExactly(5L);
    byte[] huge = {0, 0, 0, 0, 0, 0, 0, (byte) 0x80};
    assertRefused(() -> read(file(1, header("<u8", false, "()"), huge)), Reason.UNSUPPORTED, "9223372036854775808");
  }

  @Test
  void refusesPicklesWithTheWayToSaveProperly() {
    assertRefused(
        () -> read(file(1, header("|O", false, "(2,)"), new byte[40])),
        Reason.UNSUPPORTED,
        "pickled",
        "np.savez(path, *model.get_weights())");
  }

  @Test
  void refusesDamagedHeaders() {
    assertRefused(() -> read(new byte[] {1, 2, 3}), Reason.INVALID_MODEL, "does not begin with the header");
    assertRefused(() -> read(file(9, header("<f4", false, "(1,)"), new byte[4])), Reason.UNSUPPORTED, "version 9");
    assertRefused(() -> read(file(1, "{}", new byte[4])), Reason.INVALID_MODEL, "descr, fortran_order and shape");
    assertRefused(() -> read(file(1, header("<f4", false, "(2,)"), new byte[4])), Reason.INVALID_MODEL, "needs 8 bytes", "got 4");
    assertRefused(() -> read(file(1, header("<f4", false, "(1,)"), new byte[8])), Reason.INVALID_MODEL, "needs 4 bytes", "got 8");
    assertRefused(
        () -> read(file(1, header("<f4", false, "(2147483647, 2147483647, 9)"), new byte[4])), Reason.TOO_LARGE, "model-bytes");
    assertRefused(
        () -> read(file(1, header("<f4", false, "(99999999999,)"), new byte[4])), Reason.INVALID_MODEL, "shape");
    assertRefused(() -> read(file(1, header("<c8", false, "(1,)"), new byte[8])), Reason.UNSUPPORTED, "'c8'");
    assertRefused(
        () -> read(file(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4])),
        Reason.UNSUPPORTED,
        "records");
    byte[] endless = file(2, header("<f4", false, "(1,)"), new byte[4]);
    endless[11] = 0x7f;
    assertRefused(() -> read(endless), Reason.INVALID_MODEL, "header declares");
  }
}
