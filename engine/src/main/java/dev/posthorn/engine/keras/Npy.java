package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.FloatSink;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.ElementDecoder;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Arrays in numpy's {@code .npy} format. Reads booleans, integers, floats of 16 to 64 bits and text, either byte order,
 * C and Fortran order, header versions 1 to 3; {@code uint64} becomes int64, {@code V2} is bfloat16. Writes version 1, C
 * order, little endian. Object arrays are pickles and are refused.
 */
public final class Npy {
  private static final int ALIGNMENT = 64;

  private Npy() {}

  /**
   * Reads one array.
   *
   * @throws InferenceException INVALID_MODEL if the file is damaged, UNSUPPORTED for a type that we do not have
   */
  public static ArrayTensor read(Path file, Budget budget) {
    return open(FileBytes.read(file, budget), file.getFileName().toString(), budget).read();
  }

  /** Whether the content begins as a {@code .npy} file does. */
  static boolean recognises(Content content) {
    return NpyHeader.recognises(content);
  }

  /**
   * Reads the header now and the elements later.
   *
   * @param name of the array, for messages
   * @throws InferenceException INVALID_MODEL if the file is damaged, UNSUPPORTED for a type that we do not have
   */
  public static StoredArray open(ByteBuffer content, String name, Budget budget) {
    return open(Content.of(content), name, budget);
  }

  /** As {@link #open(ByteBuffer, String, Budget)}, of what may be too large to be in memory. */
  static StoredArray open(Content content, String name, Budget budget) {
    NpyHeader header = NpyHeader.read(content, name, budget);
    return new NpyArray(name, type(header, name), header, content.part(header.offset(), content.size() - header.offset()));
  }

  private static DType type(NpyHeader header, String name) {
    String type = header.kind() + String.valueOf(header.width());
    return switch (type) {
      case "f2" -> DType.FLOAT16;
      case "f4" -> DType.FLOAT32;
      case "f8" -> DType.FLOAT64;
      case "i1" -> DType.INT8;
      case "i2" -> DType.INT16;
      case "i4" -> DType.INT32;
      case "i8", "u8" -> DType.INT64;
      case "u1" -> DType.UINT8;
      case "u2" -> DType.UINT16;
      case "u4" -> DType.UINT32;
      case "b1" -> DType.BOOL;
      case "V2" -> DType.BFLOAT16;
      default -> {
        if (header.kind() == 'U' || header.kind() == 'S') {
          yield DType.STRING;
        }
        throw new InferenceException(
            Reason.UNSUPPORTED,
            name + ": numpy type '" + type + "' is not supported; expected b1, i1 to i8, u1 to u8, f2 to f8 or text");
      }
    };
  }

  private record NpyArray(String name, DType dtype, NpyHeader header, Content elements) implements StoredArray {
    @Override
    public Shape shape() {
      return header.shape();
    }

    @Override
    public ArrayTensor read() {
      Content inOrder =
          isTurned() ? Content.of(rowMajor(elements.copy(), header.shape(), header.width())) : elements;
      int count = header.shape().size();
      if (dtype == DType.STRING) {
        return ArrayTensor.over(
            dtype, header.shape(), strings(ByteBuffer.wrap(inOrder.copy()).order(header.order()), count));
      }
      Object array = ArrayTensor.newArray(dtype, count);
      new ElementDecoder(dtype, header.order(), array).decode(inOrder);
      if (header.kind() == 'u' && array instanceof long[] longs && dtype == DType.INT64) {
        for (long value : longs) {
          if (value < 0) {
            throw new InferenceException(
                Reason.UNSUPPORTED, name + ": " + Long.toUnsignedString(value) + " is too large for int64");
          }
        }
      }
      return ArrayTensor.over(dtype, header.shape(), array);
    }

    private boolean isTurned() {
      return header.fortran() && header.shape().rank() > 1;
    }

    @Override
    public void stream(FloatSink sink) {
      if (isTurned()) {
        StoredArray.super.stream(sink);
      } else {
        ElementDecoder.stream(elements, dtype, header.order(), sink);
      }
    }

    private String[] strings(ByteBuffer elements, int count) {
      String[] strings = new String[count];
      int width = header.width();
      for (int i = 0; i < count; i++) {
        strings[i] = header.kind() == 'U' ? unicode(elements, i * width, width) : bytes(elements, i * width, width);
      }
      return strings;
    }

    private String unicode(ByteBuffer elements, int start, int width) {
      StringBuilder text = new StringBuilder();
      for (int at = start; at < start + width; at += 4) {
        int point = elements.getInt(at);
        if (!Character.isValidCodePoint(point)) {
          throw new InferenceException(Reason.INVALID_MODEL, name + ": " + point + " is no character");
        }
        text.appendCodePoint(point);
      }
      int length = text.length();
      while (length > 0 && text.charAt(length - 1) == 0) {
        length--;
      }
      return text.substring(0, length);
    }

    private static String bytes(ByteBuffer elements, int start, int width) {
      int length = width;
      while (length > 0 && elements.get(start + length - 1) == 0) {
        length--;
      }
      byte[] text = new byte[length];
      elements.get(start, text);
      return new String(text, StandardCharsets.UTF_8);
    }
  }

  private static byte[] rowMajor(byte[] from, Shape shape, int width) {
    int count = shape.size();
    byte[] to = new byte[from.length];
    int[] dims = shape.dims();
    int[] strides = new int[dims.length];
    int stride = width;
    for (int axis = 0; axis < dims.length; axis++) {
      strides[axis] = stride;
      stride *= dims[axis];
    }
    int[] index = new int[dims.length];
    int at = 0;
    for (int i = 0; i < count; i++) {
      System.arraycopy(from, at, to, i * width, width);
      for (int axis = dims.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++index[axis] < dims[axis]) {
          break;
        }
        at -= strides[axis] * dims[axis];
        index[axis] = 0;
      }
    }
    return to;
  }

  /** The array as a {@code .npy} file; text becomes {@code <U}, bfloat16 float32. */
  public static byte[] bytes(ArrayTensor tensor) {
    String descr;
    ByteBuffer elements;
    if (tensor.dtype() == DType.STRING) {
      int longest = 1;
      for (int i = 0; i < tensor.size(); i++) {
        String text = tensor.strings()[i];
        longest = Math.max(longest, text.codePointCount(0, text.length()));
      }
      descr = "<U" + longest;
      elements = unicode(tensor, longest);
    } else {
      descr = DESCR.getOrDefault(tensor.dtype(), "<f4");
      elements = Elements.encode(tensor);
    }
    StringBuilder shape = new StringBuilder("(");
    for (int dim : tensor.shape().dims()) {
      shape.append(dim).append(", ");
    }
    int rank = tensor.shape().rank();
    shape.setLength(shape.length() - (rank > 1 ? 2 : rank));
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "), }";
    int unpadded = 10 + text.length() + 1;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    ByteBuffer file = ByteBuffer.allocate(unpadded + padding + elements.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1).put((byte) 0);
    file.putShort((short) (text.length() + 1 + padding));
    file.put((text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    return file.put(elements).array();
  }

  private static final Map<DType, String> DESCR =
      Map.of(
          DType.BOOL, "|b1",
          DType.INT8, "|i1",
          DType.UINT8, "|u1",
          DType.INT16, "<i2",
          DType.UINT16, "<u2",
          DType.INT32, "<i4",
          DType.UINT32, "<u4",
          DType.INT64, "<i8",
          DType.FLOAT16, "<f2",
          DType.FLOAT64, "<f8");

  private static ByteBuffer unicode(ArrayTensor tensor, int width) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), Math.multiplyExact(4, width)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      int start = bytes.position();
      tensor.strings()[i].codePoints().forEach(bytes::putInt);
      bytes.position(start + 4 * width);
    }
    return bytes.flip();
  }
}
