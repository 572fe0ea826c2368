package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Conversions;
import dev.posthorn.engine.Port;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Comma separated text: a record a row, the first one a header if a field of it is no number. Immutable.
 *
 * @param header the names of the columns; empty if there are none
 * @param width the number of columns
 */
record CsvTable(NamedFile file, String text, List<String> header, int width) {

  static CsvTable of(NamedFile file, String text) {
    CsvRecords records = new CsvRecords(file, text);
    if (!records.next()) {
      throw DataArray.malformed(file, "is empty");
    }
    boolean header = records.fields().stream().anyMatch(field -> number(field) == null);
    return new CsvTable(file, text, header ? List.copyOf(records.fields()) : List.of(), records.fields().size());
  }

  int[] allColumns() {
    return IntStream.range(0, width).toArray();
  }

  /** The columns whose header is the name or the alias of a port. */
  int[] columnsOf(Port port) {
    return IntStream.range(0, header.size())
        .filter(i -> header.get(i).equals(port.name()) || header.get(i).equals(port.alias()))
        .toArray();
  }

  /** The rows of these columns in the type and the rank of a port. */
  ArrayTensor tensor(int[] columns, Port port) {
    DType dtype = port.spec().dtype();
    Object values = ArrayTensor.newArray(dtype, 1024);
    int count = 0;
    int rows = 0;
    CsvRecords records = new CsvRecords(file, text);
    if (!header.isEmpty()) {
      records.next();
    }
    while (records.next()) {
      List<String> fields = records.fields();
      if (fields.size() != width) {
        throw DataArray.malformed(
            file, "line " + records.line() + ": expected " + width + " fields, got " + fields.size());
      }
      if (count + columns.length > Array.getLength(values)) {
        values = grown(values, dtype, count + columns.length);
      }
      for (int column : columns) {
        store(values, count++, fields.get(column), dtype, records.line(), column);
      }
      rows++;
    }
    return ArrayTensor.over(dtype, shape(rows, columns.length, port), values);
  }

  private static Object grown(Object values, DType dtype, int needed) {
    Object larger = ArrayTensor.newArray(dtype, Math.max(needed, Math.multiplyExact(Array.getLength(values), 2)));
    System.arraycopy(values, 0, larger, 0, Array.getLength(values));
    return larger;
  }

  private Shape shape(int rows, int columns, Port port) {
    Shape declared = port.spec().shape();
    if (declared.rank() < 2) {
      return columns == 1 ? Shape.of(rows) : Shape.of(rows, columns);
    }
    int[] dims = declared.dims();
    int known = 1;
    int unknown = -1;
    for (int axis = 1; axis < dims.length; axis++) {
      if (dims[axis] != Shape.UNKNOWN) {
        known *= dims[axis];
      } else if (unknown < 0) {
        unknown = axis;
      } else {
        return Shape.of(rows, columns);
      }
    }
    if (unknown >= 0 && known > 0 && columns % known == 0) {
      dims[unknown] = columns / known;
    } else if (unknown >= 0 || known != columns) {
      return Shape.of(rows, columns);
    }
    dims[0] = rows;
    return Shape.of(dims);
  }

  private void store(Object values, int at, String field, DType dtype, int line, int column) {
    if (values instanceof String[] strings) {
      strings[at] = field;
      return;
    }
    if (values instanceof boolean[] booleans && field.strip().toLowerCase(java.util.Locale.ROOT).matches("true|false")) {
      booleans[at] = field.strip().equalsIgnoreCase("true");
      return;
    }
    Number number = number(field);
    if (number == null) {
      throw DataArray.malformed(file, "line " + line + ", column " + (column + 1) + ": '" + field + "' is no number");
    }
    switch (values) {
      case float[] floats -> floats[at] = number.floatValue();
      case double[] doubles -> doubles[at] = number.doubleValue();
      case boolean[] booleans -> booleans[at] = number.doubleValue() != 0;
      case int[] ints -> ints[at] = (int) integer(number, dtype, field, line, column);
      case long[] longs -> longs[at] = integer(number, dtype, field, line, column);
      default -> throw new IllegalArgumentException(values.getClass().getSimpleName());
    }
  }

  private long integer(Number number, DType dtype, String field, int line, int column) {
    boolean whole = number instanceof Long || number.doubleValue() == Math.rint(number.doubleValue());
    long value = number.longValue();
    if (!whole || value < Conversions.minimum(dtype) || value > Conversions.maximum(dtype)) {
      throw DataArray.malformed(
          file, "line " + line + ", column " + (column + 1) + ": '" + field + "' does not fit " + dtype.kerasName());
    }
    return value;
  }

  /** A Long or a Double, or null for anything else; knows {@code nan}, {@code inf} and {@code -Infinity}. */
  static @Nullable Number number(String field) {
    String text = field.strip();
    if (text.isEmpty()) {
      return null;
    }
    char last = text.charAt(text.length() - 1);
    if (last < '0' || last > '9') {
      String sign = text.startsWith("-") ? "-" : "";
      String word = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
      if (word.equalsIgnoreCase("nan")) {
        return Double.NaN;
      }
      if (word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity")) {
        return Double.valueOf(sign + "Infinity");
      }
      if (last != '.') {
        return null;
      }
    }
    try {
      return text.length() <= 19 && isInteger(text) ? (Number) Long.valueOf(text) : (Number) Double.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean isInteger(String text) {
    int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > start;
  }

  @Override
  public String toString() {
    return file.fileName() + Arrays.toString(header.toArray());
  }
}
