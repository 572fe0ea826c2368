package dev.posthorn.server.grpc;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Tensor as it stands in a message, before anyone asked whether it makes sense. The elements of several fields may be
 * there, which is an error that {@link TensorRules} reports.
 */
final class SentTensor {
  /** The fields of Tensor that hold elements, in the order of their numbers. */
  enum Field {
    RAW,
    FLOAT_VALUES,
    DOUBLE_VALUES,
    INT_VALUES,
    BOOL_VALUES,
    STRING_VALUES;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  String name = "";
  int dataType;
  Longs shape = new Longs();

  /** Raw elements as they came; null if they were read as floats, or there are none. */
  byte @Nullable [] raw;

  /** Elements of float_values, or of raw where the data type said float32; may be longer. */
  float @Nullable [] floats;

  int floatCount;

  /** Whether {@link #floats} came raw. */
  boolean floatsAreRaw;

  /** Elements of double_values; may be longer. */
  double @Nullable [] doubles;

  int doubleCount;
  @Nullable Longs ints;
  @Nullable Longs booleans;
  @Nullable List<String> strings;

  boolean cameRaw() {
    return floatsAreRaw || raw != null;
  }

  boolean has(Field field) {
    return switch (field) {
      case RAW -> cameRaw();
      case FLOAT_VALUES -> floats != null && !floatsAreRaw;
      case DOUBLE_VALUES -> doubles != null;
      case INT_VALUES -> ints != null;
      case BOOL_VALUES -> booleans != null;
      case STRING_VALUES -> strings != null;
    };
  }

  /** Bytes that the elements take beyond those of the message: an integer of one byte there is a long here. */
  long unpackedBytes() {
    return (ints == null ? 0 : 8L * ints.size()) + (booleans == null ? 0 : 8L * booleans.size());
  }
}
