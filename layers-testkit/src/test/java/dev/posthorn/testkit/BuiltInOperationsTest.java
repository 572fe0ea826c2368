package dev.posthorn.testkit;

import static dev.posthorn.testkit.LayerContract.input;

import dev.posthorn.spi.DType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract on every operation of keras.ops that Posthorn brings. One that is not described here is called with one
 * tensor of floats and nothing else; what cannot be called that way fails until it is described.
 */
class BuiltInOperationsTest {
  private static final DType F = DType.FLOAT32;
  private static final DType I = DType.INT32;

  /** Called with two tensors of floats. */
  private static final Set<String> BINARY =
      Set.of(
          "Add", "Subtract", "Multiply", "Divide", "TrueDivide", "DivideNoNan", "FloorDivide", "Mod", "Fmod", "Power",
          "Maximum", "Minimum", "Fmax", "Fmin", "Arctan2", "Hypot", "Logaddexp", "Logaddexp2", "Heaviside", "Equal",
          "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual");

  /** Called with two tensors of integers. */
  private static final Set<String> INTEGERS =
      Set.of(
          "BitwiseAnd", "BitwiseOr", "BitwiseXor", "LeftShift", "RightShift", "BitwiseLeftShift", "BitwiseRightShift",
          "Gcd", "Lcm");

  private static final Set<String> BOOLEANS = Set.of("LogicalAnd", "LogicalOr", "LogicalXor");

  private static final Set<String> REDUCTIONS =
      Set.of(
          "Sum", "Mean", "Prod", "Max", "Amax", "Min", "Amin", "Any", "All", "Argmax", "Argmin", "Var", "Std",
          "CountNonzero", "Ptp", "Logsumexp");

  /** Called with the inputs as one list. */
  private static final Set<String> LISTS = Set.of("Concatenate", "Stack");

  /** The config of those that need one, for a tensor of shape (batch, time, 4). */
  private static final Map<String, Map<String, ?>> CONFIGS =
      Map.ofEntries(
          Map.entry("Clip", Map.of("x_min", -1.0, "x_max", 1.0)),
          Map.entry("Reshape", Map.of("newshape", List.of(-1, 2, 2))),
          Map.entry("Transpose", Map.of("axes", List.of(0, 2, 1))),
          Map.entry("ExpandDims", Map.of("axis", 1)),
          Map.entry("Squeeze", Map.of("axis", 1)),
          Map.entry("Swapaxes", Map.of("axis1", 1, "axis2", 2)),
          Map.entry("Moveaxis", Map.of("source", 1, "destination", 2)),
          Map.entry("Flip", Map.of("axis", 1)),
          Map.entry("Tile", Map.of("repeats", List.of(1, 2, 1))),
          Map.entry("Repeat", Map.of("repeats", 2, "axis", 1)),
          Map.entry("Roll", Map.of("shift", 1, "axis", 1)),
          Map.entry("Take", Map.of("axis", 1)),
          Map.entry("Pad", Map.of("pad_width", List.of(List.of(0, 0), List.of(1, 1), List.of(0, 0)), "mode", "constant")),
          Map.entry("Concatenate", Map.of("axis", 1)),
          Map.entry("Stack", Map.of("axis", 1)),
          Map.entry("Split", Map.of("indices_or_sections", 2, "axis", 2)),
          Map.entry("ArraySplit", Map.of("indices_or_sections", 3, "axis", 2)),
          Map.entry("Vsplit", Map.of("indices_or_sections", List.of(1))),
          Map.entry("Hsplit", Map.of("indices_or_sections", List.of(1))),
          Map.entry("Dsplit", Map.of("indices_or_sections", 2)),
          Map.entry("Unstack", Map.of("axis", 2)),
          Map.entry("Cast", Map.of("dtype", "int32")),
          Map.entry("Threshold", Map.of("threshold", 0.5, "default_value", 0.0)),
          Map.entry("OneHot", Map.of("num_classes", 5)));

  /** The functions of StrictMath that reduce their argument in a small array. To become shorter, never longer. */
  private static final Set<String> ALLOCATING = Set.of("Sin", "Cos", "Tan", "Sinc", "Exp2", "Power");

  /** Names the length of the batch, so it has no answer for other lengths; a golden case covers it. */
  private static final String FIXED_BATCH = "keras.src.ops.numpy.BroadcastTo";

  @TestFactory
  Stream<DynamicNode> keepsTheContract() {
    return Registrations.ofBuiltIns().operations.stream()
        .filter(id -> !id.equals(FIXED_BATCH))
        .map(id -> DynamicContainer.dynamicContainer(id, contract(id).tests()));
  }

  private static LayerContract contract(String id) {
    String name = id.substring(id.lastIndexOf('.') + 1);
    LayerContract contract = LayerContract.ofOperation(id.substring(0, id.lastIndexOf('.')), name);
    contract.config(CONFIGS.getOrDefault(name, Map.of()));
    if (ALLOCATING.contains(name)) {
      contract.allocates();
    }
    if (REDUCTIONS.contains(name)) {
      contract.config(Map.of("axis", 1));
    }
    if (BINARY.contains(name)) {
      return contract.input(F, -1, 4).input(F, -1, 4);
    }
    if (INTEGERS.contains(name)) {
      return contract.numbers(I, 1, 6, -1, 4).numbers(I, 1, 6, -1, 4);
    }
    if (BOOLEANS.contains(name)) {
      return contract.input(DType.BOOL, -1, 4).input(DType.BOOL, -1, 4);
    }
    if (LISTS.contains(name)) {
      return contract.input(F, -1, 3, 4).input(F, -1, 3, 4).callWithList();
    }
    return switch (name) {
      case "Matmul" -> contract.input(F, -1, -1, 4).input(F, -1, 4, 3);
      case "Where" -> contract.input(DType.BOOL, -1, 4).input(F, -1, 4).input(F, -1, 4);
      case "Take" -> contract.input(F, -1, 3, 4).call(List.of(input(0), List.of(0, 2)), Map.of());
      case "GetItem" ->
          contract.input(F, -1, 3, 4).call(
              List.of(input(0), List.of(Map.of("class_name", "__ellipsis__", "config", Map.of()), 1)), Map.of());
      case "FullLike" -> contract.input(F, -1, 4).call(List.of(input(0), 3), Map.of());
      case "OneHot" -> contract.numbers(I, 0, 5, -1, 3);
      case "LogicalNot" -> contract.input(DType.BOOL, -1, 4);
      case "Squeeze" -> contract.input(F, -1, 1, 4);
      case "Vsplit", "Hsplit", "Dsplit", "Flipud" -> contract.input(F, -1, 3, 4);
      case "MergeDirections" ->
          contract.input(F, -1, -1, 4).input(F, -1, -1, 4).call(
              List.of(input(0), input(1)), Map.of("mode", "concat", "flip", true));
      case "Attend" ->
          contract.input(F, -1, -1, 2, 4).input(F, -1, 3, 2, 4).input(F, -1, 3, 2, 5).call(
              List.of(input(0), input(1), input(2)), Map.of("scale", 0.5, "causal", true));
      default -> contract.input(F, -1, 3, 4);
    };
  }
}
