package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} array: {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }} after magic,
 * version and length. Format: numpy.lib.format, versions 1.0 to 3.0.
 *
 * @param kind numpy's letter of the type: f, i, u, b, U, S, V
 * @param width bytes of an element
 * @param order of the bytes in an element
 * @param fortran whether the first axis varies fastest
 * @param offset where the elements begin
 */
record NpyHeader(char kind, int width, ByteOrder order, boolean fortran, Shape shape, int offset) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST = 1 << 16;
  private static final int HIGHEST_RANK = 64;
  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([<>|=]?)([a-zA-Z])(\\d{0,9})['\"]");
  private static final Pattern STRUCTURED = Pattern.compile("['\"]descr['\"]\\s*:\\s*\\[");
  private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9,\\sL]*)\\)");

  static boolean recognises(Content content) {
    return content.size() >= MAGIC.length && content.view(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  /**
   * Reads a header and checks the declared size against the bytes that follow.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged, UNSUPPORTED for pickled objects, complex and structured
   *     types
   */
  static NpyHeader read(ByteBuffer content, String what, Budget budget) {
    return read(Content.of(content), what, budget);
  }

  static NpyHeader read(Content content, String what, Budget budget) {
    ByteBuffer bytes = content.view(0, Math.min(12, content.size()));
    if (!recognises(content) || bytes.remaining() < 12) {
      throw damaged(what, "it does not begin with the header of a .npy array");
    }
    int version = bytes.get(6);
    if (version < 1 || version > 3) {
      throw new InferenceException(
          Reason.UNSUPPORTED, what + ": .npy version " + version + " is not supported; expected 1 to 3");
    }
    long length = version == 1 ? Short.toUnsignedInt(bytes.getShort(8)) : Integer.toUnsignedLong(bytes.getInt(8));
    int start = version == 1 ? 10 : 12;
    if (length > LONGEST || start + length > content.size()) {
      throw damaged(what, "its header declares " + length + " bytes");
    }
    byte[] text = new byte[(int) length];
    content.view(start, (int) length).get(text);
    int offset = start + (int) length;
    NpyHeader header =
        parse(new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1), offset, what);
    long size = header.width();
    for (int axis = 0; axis < header.shape().rank(); axis++) {
      long dim = header.shape().dim(axis);
      if (dim == 0) {
        size = 0;
        break;
      }
      size = size > Long.MAX_VALUE / dim ? Long.MAX_VALUE : size * dim;
    }
    Budget.check("model-bytes", budget.bytes(), size, what + ": bytes of an array of shape " + header.shape());
    if (size != content.size() - offset) {
      throw damaged(
          what,
          "shape " + header.shape() + " needs " + size + " bytes of elements, got " + (content.size() - offset));
    }
    return header;
  }

  private static NpyHeader parse(String text, int offset, String what) {
    if (STRUCTURED.matcher(text).find()) {
      throw new InferenceException(
          Reason.UNSUPPORTED, what + ": arrays of records are not supported; expected one type of number");
    }
    Matcher descr = DESCR.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!descr.find() || !fortran.find() || !shape.find()) {
      throw damaged(what, "its header must name descr, fortran_order and shape, got " + abridged(text));
    }
    char kind = descr.group(2).charAt(0);
    if (kind == 'O') {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          what
              + " holds pickled Python objects, which are never read; save plain arrays:"
              + " np.savez(path, *model.get_weights())");
    }
    if (descr.group(3).isEmpty()) {
      throw damaged(what, "its header must give the size of the type, got " + abridged(text));
    }
    int number = Integer.parseInt(descr.group(3));
    int width = kind == 'U' ? Math.multiplyExact(4, Math.min(number, 1 << 28)) : number;
    ByteOrder order = descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(kind, width, order, fortran.group(1).equals("True"), shape(shape.group(1), what), offset);
  }

  private static Shape shape(String text, String what) {
    String[] parts = text.replace("L", "").split(",", HIGHEST_RANK + 2);
    int rank = parts[parts.length - 1].isBlank() ? parts.length - 1 : parts.length;
    if (rank > HIGHEST_RANK) {
      throw damaged(what, "its shape has more than " + HIGHEST_RANK + " axes");
    }
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      try {
        dims[i] = Integer.parseInt(parts[i].strip());
      } catch (NumberFormatException e) {
        throw damaged(what, "its shape is (" + text + ")");
      }
    }
    return Shape.of(dims);
  }

  private static String abridged(String text) {
    String line = text.strip();
    return line.length() > 120 ? line.substring(0, 120) + "..." : line;
  }

  private static InferenceException damaged(String what, String problem) {
    return new InferenceException(Reason.INVALID_MODEL, what + " is no valid .npy array: " + problem);
  }
}
