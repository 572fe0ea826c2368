package dev.posthorn.engine.ops;

import dev.posthorn.spi.Argument;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An argument of an operation as numbers: a tensor of the call, or a constant.
 *
 * @param input the index of the tensor; -1 for a constant
 * @param weak whether it is a plain Python number, which does not widen the type of an array
 * @param array the elements of a constant: long[], double[] or boolean[]
 */
record Operand(int input, DType dtype, Shape shape, boolean weak, @Nullable Object array) {
  /** The argument at that position or of that name. */
  static Operand of(CallSpec call, int position, String name) {
    Argument argument = call.argument(position, name);
    if (argument.isTensor()) {
      return tensor(call, argument.input());
    }
    Object value = argument.value();
    if (value == null) {
      throw call.error("expected the argument '%s'", name);
    }
    return constant(call, value);
  }

  static Operand tensor(CallSpec call, int input) {
    return new Operand(input, call.inputs().get(input).dtype(), call.inputs().get(input).shape(), false, null);
  }

  boolean isTensor() {
    return input >= 0;
  }

  /** A number, a nested list of numbers, or an array object of the file. */
  static Operand constant(CallSpec call, Object value) {
    if (value instanceof Map<?, ?> object) {
      if (object.get("config") instanceof Map<?, ?> array && array.get("value") != null) {
        Operand plain = constant(call, array.get("value"));
        DType type = array.get("dtype") instanceof String name ? DType.of(name) : plain.dtype();
        return new Operand(-1, type, plain.shape(), false, plain.array());
      }
      throw call.error("cannot use %s as a number", value);
    }
    List<Object> flat = new ArrayList<>();
    List<Integer> dims = new ArrayList<>();
    flatten(call, value, 0, dims, flat);
    Shape shape = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    boolean weak = !(value instanceof List<?>);
    if (flat.stream().allMatch(Boolean.class::isInstance) && !flat.isEmpty()) {
      boolean[] flags = new boolean[flat.size()];
      for (int i = 0; i < flags.length; i++) {
        flags[i] = (Boolean) flat.get(i);
      }
      return new Operand(-1, DType.BOOL, shape, false, flags);
    }
    if (flat.stream().allMatch(e -> e instanceof Long || e instanceof Integer) && !flat.isEmpty()) {
      long[] longs = flat.stream().mapToLong(e -> ((Number) e).longValue()).toArray();
      return new Operand(-1, DType.INT32, shape, weak, longs);
    }
    if (flat.stream().allMatch(String.class::isInstance) && !flat.isEmpty()) {
      return new Operand(-1, DType.STRING, shape, false, flat.toArray(new String[0]));
    }
    double[] numbers = flat.stream().mapToDouble(e -> number(call, e)).toArray();
    return new Operand(-1, DType.FLOAT32, shape, weak, numbers);
  }

  private static void flatten(
      CallSpec call, @Nullable Object value, int depth, List<Integer> dims, List<Object> flat) {
    if (value instanceof List<?> list) {
      if (dims.size() == depth) {
        dims.add(list.size());
      }
      if (dims.get(depth) != list.size()) {
        throw call.error("a constant whose lists have different lengths");
      }
      list.forEach(element -> flatten(call, element, depth + 1, dims, flat));
    } else if (value == null || value instanceof Argument || depth < dims.size()) {
      throw call.error("cannot use %s as a number", String.valueOf(value));
    } else {
      flat.add(value);
    }
  }

  private static double number(CallSpec call, Object value) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case Boolean flag -> flag ? 1 : 0;
      default -> throw call.error("cannot use '%s' as a number", value);
    };
  }
}
