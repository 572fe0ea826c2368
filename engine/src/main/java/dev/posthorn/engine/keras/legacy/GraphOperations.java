package dev.posthorn.engine.keras.legacy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The layers TensorFlowOpLayer of tf.keras 2.0 to 2.3: nodes of a TensorFlow graph, written as calls of the functions that
 * make such nodes. Inputs that are constants stand apart, by position. Source: tf_keras.engine.base_layer.
 */
final class GraphOperations {
  /** The function that makes a node, and what it calls the node's inputs. */
  private record Form(String function, List<String> inputs) {}

  private static final Map<String, Form> FORMS =
      Map.ofEntries(
          form("AddV2", "add", "x", "y"),
          form("Add", "add", "x", "y"),
          form("Sub", "subtract", "x", "y"),
          form("Mul", "multiply", "x", "y"),
          form("RealDiv", "truediv", "x", "y"),
          form("DivNoNan", "divide_no_nan", "x", "y"),
          form("FloorDiv", "floordiv", "x", "y"),
          form("FloorMod", "floormod", "x", "y"),
          form("Pow", "pow", "x", "y"),
          form("Maximum", "maximum", "x", "y"),
          form("Minimum", "minimum", "x", "y"),
          form("SquaredDifference", "squared_difference", "x", "y"),
          form("BiasAdd", "bias_add", "value", "bias"),
          form("Greater", "greater", "x", "y"),
          form("GreaterEqual", "greater_equal", "x", "y"),
          form("Less", "less", "x", "y"),
          form("LessEqual", "less_equal", "x", "y"),
          form("Equal", "equal", "x", "y"),
          form("NotEqual", "not_equal", "x", "y"),
          form("SelectV2", "where", "condition", "x", "y"),
          form("Relu", "relu", "features"),
          form("Relu6", "relu6", "features"),
          form("Elu", "elu", "features"),
          form("Selu", "selu", "features"),
          form("Softplus", "softplus", "features"),
          form("Softsign", "softsign", "features"),
          form("Softmax", "softmax", "logits"),
          form("LogSoftmax", "log_softmax", "logits"),
          form("Sigmoid", "sigmoid", "x"),
          form("Tanh", "tanh", "x"),
          form("Exp", "exp", "x"),
          form("Log", "log", "x"),
          form("Log1p", "log1p", "x"),
          form("Sqrt", "sqrt", "x"),
          form("Rsqrt", "rsqrt", "x"),
          form("Square", "square", "x"),
          form("Abs", "abs", "x"),
          form("Neg", "negative", "x"),
          form("Sin", "sin", "x"),
          form("Cos", "cos", "x"),
          form("Floor", "floor", "x"),
          form("Ceil", "ceil", "x"),
          form("Round", "round", "x"),
          form("Sign", "sign", "x"),
          form("Reciprocal", "reciprocal", "x"),
          form("Identity", "identity", "x"),
          form("StopGradient", "stop_gradient", "x"),
          form("Mean", "reduce_mean", "input_tensor", "axis"),
          form("Sum", "reduce_sum", "input_tensor", "axis"),
          form("Max", "reduce_max", "input_tensor", "axis"),
          form("Min", "reduce_min", "input_tensor", "axis"),
          form("Prod", "reduce_prod", "input_tensor", "axis"),
          form("MatMul", "matmul", "a", "b"),
          form("BatchMatMulV2", "matmul", "a", "b"),
          form("ExpandDims", "expand_dims", "input", "axis"),
          form("Squeeze", "squeeze", "input"),
          form("Reshape", "reshape", "tensor", "shape"),
          form("Transpose", "transpose", "a", "perm"),
          form("Tile", "tile", "input", "multiples"),
          form("ReverseV2", "reverse", "tensor", "axis"),
          form("GatherV2", "gather", "params", "indices", "axis"),
          form("Shape", "shape", "input"));

  /** Attributes of nodes that have a parameter, and which. */
  private static final Map<String, String> ATTRIBUTES =
      Map.of(
          "keep_dims", "keepdims", "transpose_a", "transpose_a", "transpose_b", "transpose_b", "adj_x", "transpose_a",
          "adj_y", "transpose_b", "squeeze_dims", "axis", "batch_dims", "batch_dims");

  private GraphOperations() {}

  private static Map.Entry<String, Form> form(String operation, String function, String... inputs) {
    return Map.entry(operation, new Form(function, List.of(inputs)));
  }

  /** The function of a layer's node. */
  static String function(String layer, Map<?, ?> config) {
    String operation = operation(layer, config);
    if (operation.equals("ConcatV2") || operation.equals("Pack")) {
      return operation.equals("Pack") ? "stack" : "concat";
    }
    Form form = FORMS.get(operation);
    if (form == null) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          Map.of("layer", layer),
          "TensorFlowOpLayer '" + layer + "': the operation " + operation + " of TensorFlow's graphs is not supported");
    }
    return form.function();
  }

  private static String operation(String layer, Map<?, ?> config) {
    if (config.get("node_def") instanceof Map<?, ?> node && node.get("op") instanceof String operation) {
      return operation;
    }
    throw new InferenceException(
        Reason.UNSUPPORTED,
        Map.of("layer", layer),
        "TensorFlowOpLayer '" + layer + "': only nodes that are written as JSON are supported (tf.keras 2.2 and later)");
  }

  /** A call with the constants put in and the arguments named. */
  static LegacyNodes.Node call(String layer, Map<?, ?> config, LegacyNodes.Node call) {
    List<@Nullable Object> inputs = new ArrayList<>();
    if (call.first() instanceof List<?> several) {
      inputs.addAll(several);
    } else {
      inputs.add(call.first());
    }
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    if (config.get("constants") instanceof Map<?, ?> constants) {
      constants.entrySet().stream()
          .sorted((a, b) -> String.valueOf(a.getKey()).compareTo(String.valueOf(b.getKey())))
          .forEach(constant -> {
            String position = String.valueOf(constant.getKey());
            int at = position.length() == 1 && Character.isDigit(position.charAt(0)) ? position.charAt(0) - '0' : -1;
            if (at < 0 || at > inputs.size()) {
              throw new InferenceException(
                  Reason.INVALID_MODEL, Map.of("layer", layer), "TensorFlowOpLayer '" + layer + "': constant '" + position + "'");
            }
            inputs.add(at, constant.getValue());
          });
    }
    if (config.get("node_def") instanceof Map<?, ?> node && node.get("attr") instanceof Map<?, ?> attributes) {
      attributes.forEach((key, value) -> {
        String parameter = ATTRIBUTES.get(String.valueOf(key));
        if (parameter != null && value instanceof Map<?, ?> typed) {
          named.put(parameter, attribute(typed));
        }
      });
    }
    String operation = operation(layer, config);
    if (operation.equals("ConcatV2")) {
      named.put("axis", inputs.remove(inputs.size() - 1));
      return new LegacyNodes.Node(inputs, named);
    }
    Form form = FORMS.get(operation);
    if (form == null) {
      return new LegacyNodes.Node(inputs, named);
    }
    for (int i = 1; i < Math.min(inputs.size(), form.inputs().size()); i++) {
      named.put(form.inputs().get(i), inputs.get(i));
    }
    return new LegacyNodes.Node(inputs.get(0), named);
  }

  /** {@code {"b": true}}, {@code {"i": "3"}} or {@code {"list": {"i": ["1"]}}}: protobuf writes 64 bits as text. */
  private static @Nullable Object attribute(Map<?, ?> typed) {
    if (typed.get("b") instanceof Boolean flag) {
      return flag;
    }
    if (typed.get("i") != null) {
      return number(typed.get("i"));
    }
    if (typed.get("list") instanceof Map<?, ?> list && list.get("i") instanceof List<?> numbers) {
      List<@Nullable Object> all = new ArrayList<>();
      numbers.forEach(each -> all.add(number(each)));
      return all;
    }
    return null;
  }

  private static Object number(@Nullable Object value) {
    String text = String.valueOf(value);
    if (text.matches("-?\\d{1,9}")) {
      return Long.valueOf(text);
    }
    throw new InferenceException(Reason.INVALID_MODEL, "expected an integer as attribute of a node, got '" + text + "'");
  }
}
