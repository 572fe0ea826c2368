package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.keras.Json;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Shape;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of a JSON document: nested lists; an object of nested lists by name; or what {@code predict} prints, an object
 * with {@code outputs} (or {@code inputs}), each with {@code name, data} and perhaps {@code data_type, shape}.
 */
final class JsonArrays {
  private static final int MAX_RANK = 32;

  private JsonArrays() {}

  static List<DataArray> of(NamedFile file, @Nullable Object document) {
    if (!(document instanceof Map<?, ?> map)) {
      return List.of(new DataArray.Typed("", file, tensor(file, document, null, null), false));
    }
    List<DataArray> arrays = new ArrayList<>();
    Object listed = map.containsKey("outputs") ? map.get("outputs") : map.get("inputs");
    if (listed instanceof List<?> list && list.stream().allMatch(JsonArrays::isTensor)) {
      for (Object item : list) {
        arrays.add(described(file, Json.object(item, file.fileName())));
      }
      return arrays;
    }
    map.forEach(
        (name, value) ->
            arrays.add(new DataArray.Typed(String.valueOf(name), file, tensor(file, value, null, null), false)));
    return arrays;
  }

  private static boolean isTensor(@Nullable Object item) {
    return item instanceof Map<?, ?> map && map.containsKey("data");
  }

  private static DataArray described(NamedFile file, Map<String, @Nullable Object> tensor) {
    String name = tensor.get("name") instanceof String text ? text : "";
    DType dtype = tensor.get("data_type") instanceof String type ? DType.of(type) : null;
    Shape shape = null;
    if (tensor.get("shape") instanceof List<?> dims) {
      shape =
          Shape.of(
              dims.stream()
                  .mapToInt(
                      dim -> {
                        if (dim instanceof Long length && length >= 0 && length == length.intValue()) {
                          return length.intValue();
                        }
                        throw DataArray.malformed(file, "shape " + dims + " has no lengths");
                      })
                  .toArray());
    }
    return new DataArray.Typed(name, file, tensor(file, tensor.get("data"), dtype, shape), dtype != null);
  }

  private static ArrayTensor tensor(
      NamedFile file, @Nullable Object data, @Nullable DType declared, @Nullable Shape declaredShape) {
    Shape shape = shape(file, data);
    if (declaredShape != null && !declaredShape.equals(shape)) {
      if (shape.size() != 0 || declaredShape.size() != 0) {
        throw DataArray.malformed(file, "expected data of shape " + declaredShape + ", got " + shape);
      }
      shape = declaredShape;
    }
    DType dtype = shape.size() == 0 ? DType.FLOAT32 : type(file, data);
    Object values = ArrayTensor.newArray(dtype, shape.size());
    fill(file, data, values, 0, shape, 0);
    ArrayTensor tensor = ArrayTensor.over(dtype, shape, values);
    return declared == null || declared == dtype ? tensor : NumberCasts.cast(tensor, declared, file.fileName());
  }

  /** The lengths of the first list at each depth; {@link #fill} checks that all others agree. */
  private static Shape shape(NamedFile file, @Nullable Object data) {
    List<Integer> dims = new ArrayList<>();
    Object level = data;
    while (level instanceof List<?> list) {
      if (dims.size() == MAX_RANK) {
        throw DataArray.malformed(file, "more than " + MAX_RANK + " axes");
      }
      dims.add(list.size());
      level = list.isEmpty() ? List.of() : list.get(0);
      if (list.isEmpty()) {
        break;
      }
    }
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  private static DType type(NamedFile file, @Nullable Object data) {
    return switch (data) {
      case List<?> list -> {
        DType type = null;
        for (Object item : list) {
          DType one = type(file, item);
          if (type == null || type == DType.INT64 && one == DType.FLOAT64) {
            type = one;
          } else if (type != one && !(type == DType.FLOAT64 && one == DType.INT64)) {
            throw DataArray.malformed(file, "mixes " + type.kerasName() + " and " + one.kerasName());
          }
        }
        yield type == null ? DType.INT64 : type;
      }
      case String _ -> DType.STRING;
      case Boolean _ -> DType.BOOL;
      case Long _ -> DType.INT64;
      case Double _ -> DType.FLOAT64;
      case null, default -> throw DataArray.malformed(file, Json.kind(data) + " where a number or a text was expected");
    };
  }

  private static int fill(NamedFile file, @Nullable Object data, Object values, int at, Shape shape, int axis) {
    if (axis == shape.rank()) {
      if (data instanceof List<?>) {
        throw ragged(file, "a list where a single value was expected");
      }
      Array.set(values, at, values instanceof double[] && data instanceof Number n ? (Object) n.doubleValue() : data);
      return at + 1;
    }
    if (!(data instanceof List<?> list) || list.size() != shape.dim(axis)) {
      String got = data instanceof List<?> list ? "a list of " + list.size() : Json.kind(data);
      throw ragged(file, "expected a list of " + shape.dim(axis) + " at axis " + axis + ", got " + got);
    }
    int next = at;
    for (Object item : list) {
      next = fill(file, item, values, next, shape, axis + 1);
    }
    return next;
  }

  private static InferenceException ragged(NamedFile file, String what) {
    return DataArray.malformed(file, "ragged data: " + what);
  }
}
