package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.v1.DataType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What makes a Tensor message a tensor: the rules of {@code tensor.proto}, with one clear message for each breach. */
final class TensorRules {
  private TensorRules() {}

  /**
   * Checks what needs no knowledge of the model: axes and rows.
   *
   * @throws InferenceException TOO_LARGE, MALFORMED_TENSOR
   */
  static void check(SentTensor tensor, Limits limits, String what) {
    Limits.check("rank", limits.rank(), tensor.shape.size(), what + ": axes");
    for (int axis = 0; axis < tensor.shape.size(); axis++) {
      if (tensor.shape.get(axis) < 0) {
        throw malformed(what, "axes of at least 0", tensor.shape.toString());
      }
    }
    if (tensor.shape.size() > 0) {
      Limits.check("rows", limits.rows(), tensor.shape.get(0), what + ": rows");
    }
    elements(tensor, what);
    field(tensor, what);
    WireTypes.of(tensor.dataType).ifPresent(type -> contents(tensor, type, what));
  }

  /**
   * The tensor itself.
   *
   * @param declared the type that the model takes there; what stands for an unspecified one
   * @throws InferenceException MALFORMED_TENSOR, INVALID_DTYPE
   */
  static ArrayTensor tensor(SentTensor tensor, DType declared, String what) {
    elements(tensor, what);
    SentTensor.Field field = field(tensor, what);
    DType type = type(tensor, declared, field, what);
    contents(tensor, type, what);
    return TensorElements.tensor(tensor, field, type, shape(tensor), what);
  }

  private static Shape shape(SentTensor tensor) {
    int[] dims = new int[tensor.shape.size()];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = (int) tensor.shape.get(axis);
    }
    return Shape.of(dims);
  }

  /** The number of elements that the shape asks for; lengths of 0 do not excuse the others. */
  private static int elements(SentTensor tensor, String what) {
    long size = 1;
    boolean empty = false;
    for (int axis = 0; axis < tensor.shape.size(); axis++) {
      long length = tensor.shape.get(axis);
      if (length < 0) {
        throw malformed(what, "axes of at least 0", tensor.shape.toString());
      }
      empty |= length == 0;
      size = Math.max(1, length) > Integer.MAX_VALUE ? Long.MAX_VALUE : size * Math.max(1, length);
      if (size > Integer.MAX_VALUE) {
        throw malformed(what, "fewer than 2^31 elements", "shape " + tensor.shape);
      }
    }
    return empty ? 0 : (int) size;
  }

  /** The one field that holds elements; null if none does. */
  private static SentTensor.@Nullable Field field(SentTensor tensor, String what) {
    SentTensor.Field found = null;
    for (SentTensor.Field field : SentTensor.Field.values()) {
      if (tensor.has(field)) {
        if (found != null) {
          throw malformed(what, "elements in one field", found.wireName() + " and " + field.wireName());
        }
        found = field;
      }
    }
    return found;
  }

  private static DType type(
      SentTensor tensor, DType declared, SentTensor.@Nullable Field field, String what) {
    if (tensor.dataType != DataType.DATA_TYPE_UNSPECIFIED_VALUE) {
      return WireTypes.of(tensor.dataType)
          .orElseThrow(
              () ->
                  new InferenceException(
                      Reason.INVALID_DTYPE,
                      Map.of("expected", declared.kerasName(), "actual", Integer.toString(tensor.dataType)),
                      what + ": expected " + declared.kerasName() + ", got the unknown data_type " + tensor.dataType));
    }
    if (field == null || field == SentTensor.Field.RAW || holds(field, declared)) {
      return declared;
    }
    return switch (field) {
      case RAW -> declared;
      case FLOAT_VALUES -> DType.FLOAT32;
      case DOUBLE_VALUES -> DType.FLOAT64;
      case INT_VALUES -> DType.INT64;
      case BOOL_VALUES -> DType.BOOL;
      case STRING_VALUES -> DType.STRING;
    };
  }

  private static boolean holds(SentTensor.Field field, DType type) {
    return switch (field) {
      case RAW -> type != DType.STRING;
      case FLOAT_VALUES -> type == DType.FLOAT32;
      case DOUBLE_VALUES -> type == DType.FLOAT64;
      case INT_VALUES -> type.isInteger();
      case BOOL_VALUES -> type == DType.BOOL;
      case STRING_VALUES -> type == DType.STRING;
    };
  }

  /** Checks that the elements are there, in a field that holds the type. */
  private static void contents(SentTensor tensor, DType type, String what) {
    int elements = elements(tensor, what);
    SentTensor.Field field = field(tensor, what);
    if (field == null) {
      if (elements > 0) {
        throw malformed(what, elements + " elements for shape " + tensor.shape, "none");
      }
      return;
    }
    if (!holds(field, type)) {
      throw malformed(what, "a field that can hold " + type.kerasName(), field.wireName());
    }
    if (field == SentTensor.Field.RAW) {
      long expected = (long) elements * type.bytes();
      long actual = tensor.raw == null ? 4L * tensor.floatCount : tensor.raw.length;
      if (actual != expected) {
        throw malformed(
            what, expected + " bytes for " + type.kerasName() + " of shape " + tensor.shape, actual + " bytes");
      }
      return;
    }
    int actual = TensorElements.count(tensor, field);
    if (actual != elements) {
      throw malformed(what, elements + " elements for shape " + tensor.shape, Integer.toString(actual));
    }
  }

  static InferenceException malformed(String what, String expected, String actual) {
    return new InferenceException(
        Reason.MALFORMED_TENSOR,
        Map.of("expected", expected, "actual", actual),
        what + ": expected " + expected + ", got " + actual);
  }
}
