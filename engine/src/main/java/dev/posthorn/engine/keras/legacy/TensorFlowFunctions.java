package dev.posthorn.engine.keras.legacy;

import static dev.posthorn.engine.keras.legacy.OperationCall.CORE;
import static dev.posthorn.engine.keras.legacy.OperationCall.LAYERS;
import static dev.posthorn.engine.keras.legacy.OperationCall.MATH;
import static dev.posthorn.engine.keras.legacy.OperationCall.NN;
import static dev.posthorn.engine.keras.legacy.OperationCall.NUMPY;
import static dev.posthorn.engine.keras.legacy.OperationCall.config;
import static dev.posthorn.engine.keras.legacy.OperationCall.operation;

import dev.posthorn.engine.keras.legacy.OperationCall.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What functions of TensorFlow are in keras.ops. A name stands without its module: {@code math.add}, {@code add} and {@code
 * __operators__.add} are one. Parameter names: tensorflow 1.15 to 2.15 and keras.backend.
 */
final class TensorFlowFunctions {
  private static final List<String> MODULES =
      List.of("tf.", "keras.", "compat.v1.", "compat.v2.", "backend.", "math.", "nn.", "linalg.", "__operators__.", "raw_ops.");

  private static final Map<String, Function<OperationCall, Operation>> TABLE = table();

  private TensorFlowFunctions() {}

  /** How that function is translated; empty if it is not in the table. */
  static Optional<Function<OperationCall, Operation>> find(String function) {
    return Optional.ofNullable(TABLE.get(plain(function)));
  }

  /** The name without modules. */
  static String plain(String function) {
    String name = function;
    boolean shortened = true;
    while (shortened) {
      shortened = false;
      for (String module : MODULES) {
        if (name.startsWith(module)) {
          name = name.substring(module.length());
          shortened = true;
        }
      }
    }
    return name;
  }

  private static Map<String, Function<OperationCall, Operation>> table() {
    Map<String, Function<OperationCall, Operation>> table = new HashMap<>();
    arithmetic(table);
    elementWise(table);
    reductions(table);
    shapes(table);
    pieces(table);
    return Map.copyOf(table);
  }

  private static void binary(
      Map<String, Function<OperationCall, Operation>> table, String className, String... names) {
    for (String name : names) {
      table.put(name, c -> operation(NUMPY, className, Map.of(), c.first("x", "a"), c.required("y", "b")));
    }
  }

  private static void arithmetic(Map<String, Function<OperationCall, Operation>> table) {
    binary(table, "Add", "add");
    binary(table, "Subtract", "subtract", "sub");
    binary(table, "Multiply", "multiply", "mul");
    binary(table, "Divide", "truediv", "divide", "div", "realdiv");
    binary(table, "DivideNoNan", "divide_no_nan", "div_no_nan");
    binary(table, "FloorDivide", "floordiv", "floor_div");
    binary(table, "Mod", "mod", "floormod");
    binary(table, "Power", "pow");
    binary(table, "Maximum", "maximum");
    binary(table, "Minimum", "minimum");
    binary(table, "Arctan2", "atan2");
    binary(table, "Greater", "greater", "gt");
    binary(table, "GreaterEqual", "greater_equal", "ge");
    binary(table, "Less", "less", "lt");
    binary(table, "LessEqual", "less_equal", "le");
    binary(table, "Equal", "equal", "eq");
    binary(table, "NotEqual", "not_equal", "ne");
    binary(table, "LogicalAnd", "logical_and", "and");
    binary(table, "LogicalOr", "logical_or", "or");
    binary(table, "LogicalXor", "logical_xor", "xor");
    table.put("rsub", c -> operation(NUMPY, "Subtract", Map.of(), c.required("y"), c.first("x")));
    table.put("rtruediv", c -> operation(NUMPY, "Divide", Map.of(), c.required("y"), c.first("x")));
    table.put("radd", table.get("add"));
    table.put("rmul", table.get("multiply"));
    table.put("bias_add", c -> {
      if ("NCHW".equals(c.argument("data_format")) || "channels_first".equals(c.argument("data_format"))) {
        throw c.unsupported("channels first");
      }
      return operation(NUMPY, "Add", Map.of(), c.first("value", "x"), c.required("bias"));
    });
    table.put("squared_difference", c -> square(
        c.step(operation(NUMPY, "Subtract", Map.of(), c.first("x"), c.required("y")))));
    table.put("add_n", c -> {
      if (!(c.first("inputs") instanceof List<?> terms) || terms.isEmpty()) {
        throw c.invalid("expected a list of tensors");
      }
      return operation(LAYERS, "Add", Map.of(), terms);
    });
    table.put("matmul", c -> operation(
        NUMPY, "Matmul", Map.of(),
        swapped(c, c.first("a", "x"), c.flag("transpose_a", "adjoint_a")),
        swapped(c, c.required("b", "y"), c.flag("transpose_b", "adjoint_b"))));
  }

  private static @Nullable Object swapped(OperationCall call, @Nullable Object matrix, boolean transposed) {
    return transposed
        ? call.step(operation(NUMPY, "Swapaxes", config("axis1", -2L, "axis2", -1L), matrix))
        : matrix;
  }

  private static Operation square(@Nullable Object x) {
    return operation(NUMPY, "Square", Map.of(), x);
  }

  private static void unary(
      Map<String, Function<OperationCall, Operation>> table, String module, String className, String... names) {
    for (String name : names) {
      table.put(name, c -> operation(module, className, Map.of(), c.first("x", "features", "input", "logits", "tensor")));
    }
  }

  private static void elementWise(Map<String, Function<OperationCall, Operation>> table) {
    unary(table, NUMPY, "Absolute", "abs");
    unary(table, NUMPY, "Negative", "negative", "neg");
    unary(table, NUMPY, "Square", "square");
    unary(table, NUMPY, "Sqrt", "sqrt");
    unary(table, MATH, "Rsqrt", "rsqrt");
    unary(table, NUMPY, "Exp", "exp");
    unary(table, NUMPY, "Expm1", "expm1");
    unary(table, NUMPY, "Log", "log");
    unary(table, NUMPY, "Log1p", "log1p");
    unary(table, NUMPY, "Sin", "sin");
    unary(table, NUMPY, "Cos", "cos");
    unary(table, NUMPY, "Tan", "tan");
    unary(table, NUMPY, "Arcsin", "asin");
    unary(table, NUMPY, "Arccos", "acos");
    unary(table, NUMPY, "Arctan", "atan");
    unary(table, NUMPY, "Sinh", "sinh");
    unary(table, NUMPY, "Cosh", "cosh");
    unary(table, NUMPY, "Arcsinh", "asinh");
    unary(table, NUMPY, "Arccosh", "acosh");
    unary(table, NUMPY, "Arctanh", "atanh");
    unary(table, NUMPY, "Tanh", "tanh");
    unary(table, NN, "Sigmoid", "sigmoid");
    unary(table, NN, "LogSigmoid", "log_sigmoid");
    unary(table, NUMPY, "Floor", "floor");
    unary(table, NUMPY, "Ceil", "ceil");
    unary(table, NUMPY, "Round", "round", "rint");
    unary(table, NUMPY, "Sign", "sign");
    unary(table, NUMPY, "Reciprocal", "reciprocal");
    unary(table, MATH, "Erf", "erf");
    unary(table, MATH, "Erfc", "erfc");
    unary(table, NN, "Softplus", "softplus");
    unary(table, NN, "Softsign", "softsign");
    unary(table, NN, "Relu6", "relu6");
    unary(table, NN, "Selu", "selu");
    unary(table, NUMPY, "LogicalNot", "logical_not");
    unary(table, NUMPY, "Isnan", "is_nan");
    unary(table, NUMPY, "Isinf", "is_inf");
    unary(table, NUMPY, "Isfinite", "is_finite");
    unary(table, CORE, "StopGradient", "identity", "stop_gradient");
    table.put("relu", TensorFlowFunctions::relu);
    table.put("elu", c -> operation(NN, "Elu", config("alpha", or(c.argument("alpha"), 1.0)), c.first("features", "x")));
    table.put("silu", c -> operation(NN, "Silu", Map.of(), c.first("features", "x")));
    table.put("swish", table.get("silu"));
    table.put("gelu", c -> operation(NN, "Gelu", config("approximate", c.flag("approximate")), c.first("features", "x")));
    table.put("leaky_relu", c -> operation(
        NN, "LeakyRelu", config("negative_slope", or(c.argument("alpha"), 0.2)), c.first("features", "x")));
    table.put("hard_sigmoid", c -> operation(LAYERS, "Activation", config("activation", "hard_sigmoid"), c.first("x")));
    table.put("softmax", c -> operation(NN, "Softmax", config("axis", c.axis(-1L, "axis", "dim")), c.first("logits", "x")));
    table.put("log_softmax", c -> operation(
        NN, "LogSoftmax", config("axis", c.axis(-1L, "axis", "dim")), c.first("logits", "x")));
    table.put("clip_by_value", c -> clip(c, c.first("t", "x"), "clip_value_min", "clip_value_max"));
    table.put("clip", c -> clip(c, c.first("x"), "min_value", "max_value"));
    table.put("cast", c -> operation(CORE, "Cast", config("dtype", c.required("dtype")), c.first("x")));
    table.put("zeros_like", c -> like(c, "ZerosLike"));
    table.put("ones_like", c -> like(c, "OnesLike"));
    table.put("where", c -> {
      if (c.argument("x") == null || c.argument("y") == null) {
        throw c.unsupported("the form with the condition alone");
      }
      return operation(NUMPY, "Where", Map.of(), c.first("condition"), c.argument("x"), c.argument("y"));
    });
    table.put("where_v2", table.get("where"));
    table.put("switch", c -> operation(
        NUMPY, "Where", Map.of(), c.first("condition"), c.required("then_expression"), c.required("else_expression")));
  }

  /** keras.backend.relu has the parameters of the layer. */
  private static Operation relu(OperationCall call) {
    Object x = call.first("features", "x");
    Object slope = call.argument("alpha", "negative_slope");
    Object max = call.argument("max_value");
    Object threshold = call.argument("threshold");
    boolean plain = max == null && isZero(slope) && isZero(threshold);
    return plain
        ? operation(NN, "Relu", Map.of(), x)
        : operation(
            LAYERS, "ReLU",
            config("max_value", max, "negative_slope", or(slope, 0.0), "threshold", or(threshold, 0.0)), x);
  }

  private static boolean isZero(@Nullable Object value) {
    return value == null || value instanceof Number number && number.doubleValue() == 0;
  }

  private static @Nullable Object or(@Nullable Object value, @Nullable Object otherwise) {
    return value == null ? otherwise : value;
  }

  private static Operation clip(OperationCall call, @Nullable Object x, String min, String max) {
    Object low = call.required(min);
    Object high = call.required(max);
    if (low instanceof Number && high instanceof Number) {
      return operation(NUMPY, "Clip", config("x_min", low, "x_max", high), x);
    }
    return operation(
        NUMPY, "Minimum", Map.of(), call.step(operation(NUMPY, "Maximum", Map.of(), x, low)), high);
  }

  private static Operation like(OperationCall call, String className) {
    return operation(NUMPY, className, config("dtype", call.argument("dtype")), call.first("input", "tensor", "x"));
  }

  private static void reduction(
      Map<String, Function<OperationCall, Operation>> table, String module, String className, String... names) {
    for (String name : names) {
      table.put(name, c -> operation(
          module, className,
          config("axis", c.axis(null, "axis", "reduction_indices"), "keepdims", c.flag("keepdims", "keep_dims")),
          c.first("input_tensor", "x", "input")));
    }
  }

  private static void reductions(Map<String, Function<OperationCall, Operation>> table) {
    reduction(table, NUMPY, "Mean", "reduce_mean", "mean");
    reduction(table, NUMPY, "Sum", "reduce_sum", "sum");
    reduction(table, NUMPY, "Max", "reduce_max", "max");
    reduction(table, NUMPY, "Min", "reduce_min", "min");
    reduction(table, NUMPY, "Prod", "reduce_prod", "prod");
    reduction(table, NUMPY, "Any", "reduce_any", "any");
    reduction(table, NUMPY, "All", "reduce_all", "all");
    reduction(table, NUMPY, "Std", "reduce_std", "std");
    reduction(table, NUMPY, "Var", "reduce_variance", "var");
    reduction(table, MATH, "Logsumexp", "reduce_logsumexp", "logsumexp");
    table.put("argmax", c -> index(c, "Argmax"));
    table.put("argmin", c -> index(c, "Argmin"));
    table.put("cumsum", c -> cumulated(c, "Cumsum"));
    table.put("cumprod", c -> cumulated(c, "Cumprod"));
    table.put("norm", c -> {
      Object order = c.argument("ord");
      if (order != null && !order.equals("euclidean") && !(order instanceof Number number && number.doubleValue() == 2)) {
        throw c.unsupported("the order " + order);
      }
      return norm(c, c.first("tensor"));
    });
    table.put("reduce_euclidean_norm", c -> norm(c, c.first("input_tensor")));
    table.put("l2_normalize", c -> {
      Object x = c.first("x");
      TensorName sum = c.step(operation(
          NUMPY, "Sum", config("axis", c.axis(null, "axis", "dim"), "keepdims", true), c.step(square(x))));
      TensorName bounded = c.step(operation(NUMPY, "Maximum", Map.of(), sum, or(c.argument("epsilon"), 1e-12)));
      return operation(NUMPY, "Multiply", Map.of(), x, c.step(operation(MATH, "Rsqrt", Map.of(), bounded)));
    });
  }

  private static Operation norm(OperationCall call, @Nullable Object x) {
    return operation(NUMPY, "Sqrt", Map.of(), call.step(operation(
        NUMPY, "Sum",
        config("axis", call.axis(null, "axis"), "keepdims", call.flag("keepdims", "keep_dims")), call.step(square(x)))));
  }

  /** TensorFlow counts in int64 and along axis 0 unless told otherwise, keras.backend along the last one. */
  private static Operation index(OperationCall call, String className) {
    Object otherwise = call.function().contains("backend.") ? -1L : 0L;
    Object type = or(call.argument("output_type"), "int64");
    TensorName index = call.step(operation(
        NUMPY, className, config("axis", call.axis(otherwise, "axis", "dimension"), "keepdims", false),
        call.first("input", "x")));
    return operation(CORE, "Cast", config("dtype", type), index);
  }

  private static Operation cumulated(OperationCall call, String className) {
    if (call.flag("exclusive") || call.flag("reverse")) {
      throw call.unsupported("exclusive or reverse");
    }
    return operation(NUMPY, className, config("axis", call.axis(0L, "axis")), call.first("x"));
  }

  private static void shapes(Map<String, Function<OperationCall, Operation>> table) {
    table.put("expand_dims", c -> operation(
        NUMPY, "ExpandDims",
        config("axis", c.axis(c.function().contains("backend.") ? -1L : null, "axis", "dim")), c.first("input", "x")));
    table.put("squeeze", c -> operation(
        NUMPY, "Squeeze", config("axis", c.axis(null, "axis", "squeeze_dims")), c.first("input", "x")));
    table.put("transpose", c -> operation(
        NUMPY, "Transpose", config("axes", c.axis(null, "perm")), c.first("a", "x")));
    table.put("permute_dimensions", c -> operation(
        NUMPY, "Transpose", config("axes", c.axis(null, "pattern")), c.first("x")));
    table.put("reverse", c -> flip(c.axis(null, "axis", "axes"), c.first("tensor", "x")));
    table.put("tile", c -> operation(
        NUMPY, "Tile", config("repeats", c.axis(null, "multiples", "n")), c.first("input", "x")));
    table.put("repeat", c -> operation(
        NUMPY, "Repeat", config("repeats", c.axis(null, "repeats"), "axis", c.axis(null, "axis")), c.first("input")));
    table.put("repeat_elements", c -> operation(
        NUMPY, "Repeat", config("repeats", c.axis(null, "rep"), "axis", c.axis(null, "axis")), c.first("x")));
    table.put("broadcast_to", c -> operation(
        NUMPY, "BroadcastTo", config("shape", c.axis(null, "shape")), c.first("input")));
    table.put("roll", c -> operation(
        NUMPY, "Roll", config("shift", c.axis(null, "shift"), "axis", c.axis(null, "axis")), c.first("input")));
    table.put("pad", c -> operation(
        NUMPY, "Pad",
        config(
            "pad_width", c.required("paddings"), "mode", String.valueOf(or(c.argument("mode"), "CONSTANT")).toLowerCase(java.util.Locale.ROOT)),
        c.first("tensor"), or(c.argument("constant_values"), 0L)));
    table.put("flatten", c -> operation(NUMPY, "Reshape", config("newshape", List.of(-1L)), c.first("x")));
    table.put("batch_flatten", c -> operation(LAYERS, "Flatten", Map.of(), c.first("x")));
  }

  private static Operation flip(@Nullable Object axes, @Nullable Object x) {
    return operation(NUMPY, "Flip", config("axis", axes instanceof List<?> one && one.size() == 1 ? one.get(0) : axes), x);
  }

  private static void pieces(Map<String, Function<OperationCall, Operation>> table) {
    table.put("concat", c -> operation(
        NUMPY, "Concatenate", config("axis", c.axis(-1L, "axis", "concat_dim")), tensors(c, c.first("values", "tensors"))));
    table.put("concatenate", table.get("concat"));
    table.put("stack", c -> operation(
        NUMPY, "Stack", config("axis", c.axis(0L, "axis")), tensors(c, c.first("values", "x"))));
    table.put("unstack", c -> operation(
        CORE, "Unstack", config("num", c.argument("num"), "axis", c.axis(0L, "axis")), c.first("value")));
    table.put("split", c -> operation(
        NUMPY, "Split",
        config("indices_or_sections", sections(c, c.required("num_or_size_splits")), "axis", c.axis(0L, "axis")),
        c.first("value")));
    table.put("gather", c -> {
      if (!isZero(c.argument("batch_dims"))) {
        throw c.unsupported("batch_dims " + c.argument("batch_dims"));
      }
      return operation(
          NUMPY, "Take", config("axis", c.axis(0L, "axis")), c.first("params", "reference"), c.required("indices"));
    });
    table.put("one_hot", c -> {
      Object on = c.argument("on_value");
      Object off = c.argument("off_value");
      if (!(on == null || on instanceof Number one && one.doubleValue() == 1) || !isZero(off)) {
        throw c.unsupported("values other than 1 and 0");
      }
      return operation(
          NN, "OneHot",
          config(
              "num_classes", c.required("depth", "num_classes"), "axis", c.axis(-1L, "axis"),
              "dtype", or(c.argument("dtype"), "float32")),
          c.first("indices"));
    });
    table.put("top_k", c -> operation(
        MATH, "TopK", config("k", or(c.argument("k"), 1L), "sorted", or(c.argument("sorted"), true)), c.first("input")));
    table.put("depth_to_space", c -> operation(
        NN, "DepthToSpace", config("block_size", c.required("block_size")), c.first("input")));
    table.put("space_to_depth", c -> operation(
        NN, "SpaceToDepth", config("block_size", c.required("block_size")), c.first("input")));
  }

  private static List<?> tensors(OperationCall call, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    if (value instanceof TensorName one) {
      return List.of(one);
    }
    throw call.invalid("expected a list of tensors");
  }

  /** TensorFlow gives the sizes of the pieces, numpy the places between them. */
  private static Object sections(OperationCall call, Object sizes) {
    if (!(sizes instanceof List<?> list)) {
      return sizes;
    }
    List<Object> places = new ArrayList<>();
    long at = 0;
    for (int i = 0; i + 1 < list.size(); i++) {
      if (!(list.get(i) instanceof Long size) || size < 0) {
        throw call.unsupported("a size that is computed");
      }
      at += size;
      places.add(at);
    }
    return places;
  }
}
