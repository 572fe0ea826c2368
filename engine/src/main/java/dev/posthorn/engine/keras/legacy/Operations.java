package dev.posthorn.engine.keras.legacy;

import static dev.posthorn.engine.keras.legacy.OperationCall.LAYERS;
import static dev.posthorn.engine.keras.legacy.OperationCall.NUMPY;
import static dev.posthorn.engine.keras.legacy.OperationCall.config;
import static dev.posthorn.engine.keras.legacy.OperationCall.operation;

import dev.posthorn.engine.keras.legacy.OperationCall.Operation;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The layers TFOpLambda, SlicingOpLambda and TensorFlowOpLayer of one model: calls of TensorFlow's functions, as operations
 * of keras.ops. What tf.shape gives is followed symbolically up to the reshape that it is for.
 */
final class Operations {
  private static final Set<String> SHAPES = Set.of("shape", "int_shape");

  /** Results of tf.shape. */
  private final Set<TensorName> shapes = new HashSet<>();

  /** Elements of them, and which. */
  private final Map<TensorName, Long> lengths = new HashMap<>();

  /** The operations that stand for a layer, the one of the layer's own name last. */
  List<Map<String, @Nullable Object>> translate(String name, Map<?, ?> layer, List<LegacyNodes.Node> nodes) {
    Map<?, ?> config = Networks.config(layer);
    boolean graph = "TensorFlowOpLayer".equals(layer.get("class_name"));
    Object called = graph ? GraphOperations.function(name, config) : config.get("function");
    if (!(called instanceof String function)) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          Map.of("layer", name),
          layer.get("class_name") + " '" + name + "': only calls of TensorFlow's functions by name are supported");
    }
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    List<@Nullable Object> calls = new ArrayList<>();
    Map<String, @Nullable Object> last = Map.of();
    for (int i = 0; i < nodes.size(); i++) {
      LegacyNodes.Node node = graph ? GraphOperations.call(name, config, nodes.get(i)) : nodes.get(i);
      if (isAboutShapes(function, node, new TensorName(name, i, 0))) {
        continue;
      }
      OperationCall call = new OperationCall(name, function, i, node);
      Operation operation = translated(function, call);
      call.checkAllAsked();
      check(operation.arguments(), name);
      objects.addAll(call.steps());
      Map<String, @Nullable Object> object = OperationCall.object(name, operation);
      if (!last.isEmpty() && !last.equals(object)) {
        throw call.unsupported("a layer of calls with different arguments");
      }
      last = object;
      calls.add(LegacyNodes.node(operation.arguments(), Map.of()));
    }
    if (!last.isEmpty()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>(last);
      object.put("inbound_nodes", calls);
      objects.add(object);
    }
    return objects;
  }

  private Operation translated(String function, OperationCall call) {
    return switch (TensorFlowFunctions.plain(function)) {
      case "getitem" -> operation(NUMPY, "GetItem", Map.of(), call.first("tensor"), slices(call.argument("slice_spec")));
      case "reshape" -> reshape(call, call.first("tensor", "x"), call.required("shape"));
      default ->
          TensorFlowFunctions.find(function)
              .map((Function<OperationCall, Operation> translation) -> translation.apply(call))
              .orElseThrow(() -> call.unsupported("this function of TensorFlow"));
    };
  }

  /** Shapes, and elements of them, are no tensors of the translation. */
  private boolean isAboutShapes(String function, LegacyNodes.Node node, TensorName result) {
    String plain = TensorFlowFunctions.plain(function);
    if (SHAPES.contains(plain)) {
      shapes.add(result);
      return true;
    }
    if (!(node.first() instanceof TensorName from) || !shapes.contains(from)) {
      return false;
    }
    if (plain.equals("getitem") && element(node.keywords().get("slice_spec")) instanceof Long index) {
      lengths.put(result, index);
      return true;
    }
    if (plain.equals("unstack")) {
      for (long i = 0; i < 16; i++) {
        lengths.put(new TensorName(result.layer(), result.node(), i), i);
      }
      return true;
    }
    return false;
  }

  private static @Nullable Object element(@Nullable Object slice) {
    return slice instanceof List<?> one && one.size() == 1 ? one.get(0) : slice;
  }

  /**
   * A length that is taken from the batch keeps the batch: keras.layers.Reshape. One other that is computed is what is left
   * over.
   */
  private Operation reshape(OperationCall call, @Nullable Object x, Object shape) {
    if (!(shape instanceof List<?> dims)) {
      throw call.unsupported("a shape that is computed");
    }
    List<Object> lengthsOfResult = new ArrayList<>();
    int open = 0;
    boolean batch = false;
    for (int i = 0; i < dims.size(); i++) {
      Object dim = dims.get(i);
      if (dim instanceof TensorName tensor && lengths.containsKey(tensor)) {
        if (i == 0 && Long.valueOf(0).equals(lengths.get(tensor))) {
          batch = true;
          continue;
        }
        dim = -1L;
      }
      if (!(dim instanceof Long length)) {
        throw call.unsupported("a shape that is computed");
      }
      open += length < 0 ? 1 : 0;
      lengthsOfResult.add(length);
    }
    if (open > 1) {
      throw call.unsupported("a shape of which several lengths are computed");
    }
    return batch
        ? operation(LAYERS, "Reshape", config("target_shape", lengthsOfResult), x)
        : operation(NUMPY, "Reshape", config("newshape", lengthsOfResult), x);
  }

  private static @Nullable Object slices(@Nullable Object value) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(slices(element)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      if (map.get("class_name") instanceof String special) {
        object.put("class_name", special);
        object.put("config", config());
      } else {
        object.put("class_name", "__slice__");
        object.put("config", config("start", map.get("start"), "stop", map.get("stop"), "step", map.get("step")));
      }
      return object;
    }
    return value;
  }

  /** Fails if a call takes a shape as if it were a tensor. */
  void check(LegacyNodes.Node node, String place) {
    check(node.first(), place);
    check(node.keywords(), place);
  }

  private void check(@Nullable Object value, String place) {
    if (value instanceof TensorName tensor && (shapes.contains(tensor) || lengths.containsKey(tensor))) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          place + " takes the result of tf.shape ('" + tensor.layer() + "') as a tensor: supported only in tf.reshape");
    }
    if (value instanceof List<?> list) {
      list.forEach(element -> check(element, place));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(element -> check(element, place));
    }
  }

  void checkOutputs(@Nullable Object ends, String place) {
    TensorName tensor = TensorName.of(ends);
    if (tensor != null) {
      check(tensor, place);
    } else if (ends instanceof List<?> list) {
      list.forEach(element -> checkOutputs(element, place));
    } else if (ends instanceof Map<?, ?> map) {
      map.values().forEach(element -> checkOutputs(element, place));
    }
  }
}
