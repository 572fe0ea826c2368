package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.engine.arrays.Comparison;
import dev.posthorn.engine.arrays.UnaryFunction;
import dev.posthorn.engine.layers.activations.ElementFunction;
import dev.posthorn.engine.layers.merging.Concatenate;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.LayerFactory;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** The operations of keras.ops, by module and class name. */
public final class KerasOps implements LayerPlugin {
  private static final String NUMPY = "keras.src.ops.numpy";
  private static final String MATH = "keras.src.ops.math";
  private static final String CORE = "keras.src.ops.core";

  @Override
  public void register(LayerRegistry registry) {
    arithmetic(registry);
    comparisons(registry);
    functions(registry);
    reductions(registry);
    movements(registry);
    core(registry);
    NeuralOps.register(registry);
  }

  private static void binary(LayerRegistry registry, String name, Arithmetic function, boolean alwaysFloat) {
    BinaryOperation operation = new BinaryOperation(function, alwaysFloat);
    registry.operation(NUMPY, name, spec -> operation);
  }

  private static void arithmetic(LayerRegistry registry) {
    binary(registry, "Add", Arithmetic.ADD, false);
    binary(registry, "Subtract", Arithmetic.SUBTRACT, false);
    binary(registry, "Multiply", Arithmetic.MULTIPLY, false);
    binary(registry, "Divide", Arithmetic.DIVIDE, true);
    binary(registry, "TrueDivide", Arithmetic.DIVIDE, true);
    binary(registry, "DivideNoNan", Arithmetic.DIVIDE_NO_NAN, true);
    binary(registry, "FloorDivide", Arithmetic.FLOOR_DIVIDE, false);
    binary(registry, "Mod", Arithmetic.MOD, false);
    binary(registry, "Fmod", Arithmetic.FMOD, false);
    binary(registry, "Power", Arithmetic.POWER, false);
    binary(registry, "Maximum", Arithmetic.MAXIMUM, false);
    binary(registry, "Minimum", Arithmetic.MINIMUM, false);
    binary(registry, "Fmax", Arithmetic.FMAX, false);
    binary(registry, "Fmin", Arithmetic.FMIN, false);
    binary(registry, "Arctan2", Arithmetic.ARCTAN2, true);
    binary(registry, "Hypot", Arithmetic.HYPOT, true);
    binary(registry, "Logaddexp", Arithmetic.LOGADDEXP, true);
    binary(registry, "Logaddexp2", Arithmetic.LOGADDEXP2, true);
    binary(registry, "Heaviside", Arithmetic.HEAVISIDE, true);
    binary(registry, "BitwiseAnd", Arithmetic.BITWISE_AND, false);
    binary(registry, "BitwiseOr", Arithmetic.BITWISE_OR, false);
    binary(registry, "BitwiseXor", Arithmetic.BITWISE_XOR, false);
    binary(registry, "LeftShift", Arithmetic.LEFT_SHIFT, false);
    binary(registry, "RightShift", Arithmetic.RIGHT_SHIFT, false);
    binary(registry, "BitwiseLeftShift", Arithmetic.LEFT_SHIFT, false);
    binary(registry, "BitwiseRightShift", Arithmetic.RIGHT_SHIFT, false);
    binary(registry, "Gcd", Arithmetic.GCD, false);
    binary(registry, "Lcm", Arithmetic.LCM, false);
    registry.operation(NUMPY, "Matmul", spec -> new MatmulOperation());
  }

  private static void comparison(LayerRegistry registry, String name, Comparison function) {
    ComparisonOperation operation = new ComparisonOperation(function);
    registry.operation(NUMPY, name, spec -> operation);
  }

  private static void comparisons(LayerRegistry registry) {
    comparison(registry, "Equal", Comparison.EQUAL);
    comparison(registry, "NotEqual", Comparison.NOT_EQUAL);
    comparison(registry, "Greater", Comparison.GREATER);
    comparison(registry, "GreaterEqual", Comparison.GREATER_EQUAL);
    comparison(registry, "Less", Comparison.LESS);
    comparison(registry, "LessEqual", Comparison.LESS_EQUAL);
    comparison(registry, "LogicalAnd", Comparison.LOGICAL_AND);
    comparison(registry, "LogicalOr", Comparison.LOGICAL_OR);
    comparison(registry, "LogicalXor", Comparison.LOGICAL_XOR);
    registry.operation(NUMPY, "Where", spec -> new WhereOperation());
    question(registry, "LogicalNot", TestOperation.Question.NOT);
    question(registry, "Isnan", TestOperation.Question.IS_NAN);
    question(registry, "Isinf", TestOperation.Question.IS_INF);
    question(registry, "Isfinite", TestOperation.Question.IS_FINITE);
    question(registry, "Isneginf", TestOperation.Question.IS_NEG_INF);
    question(registry, "Isposinf", TestOperation.Question.IS_POS_INF);
    question(registry, "Isreal", TestOperation.Question.IS_REAL);
    question(registry, "Signbit", TestOperation.Question.SIGN_BIT);
  }

  private static void question(LayerRegistry registry, String name, TestOperation.Question question) {
    TestOperation operation = new TestOperation(question);
    registry.operation(NUMPY, name, spec -> operation);
  }

  private static void unary(LayerRegistry registry, String module, String name, UnaryFunction function) {
    registry.operation(module, name, spec -> UnaryOperation.of(spec, function));
  }

  private static void kernel(LayerRegistry registry, String module, String name, Function function) {
    Activation activation = ElementFunction.of(function);
    registry.operation(module, name, spec -> UnaryOperation.of(spec, activation, false));
  }

  private static void functions(LayerRegistry registry) {
    unary(registry, NUMPY, "Absolute", UnaryFunction.ABSOLUTE);
    unary(registry, NUMPY, "Negative", UnaryFunction.NEGATIVE);
    unary(registry, NUMPY, "Square", UnaryFunction.SQUARE);
    unary(registry, NUMPY, "Sign", UnaryFunction.SIGN);
    unary(registry, NUMPY, "Floor", UnaryFunction.FLOOR);
    unary(registry, NUMPY, "Ceil", UnaryFunction.CEIL);
    unary(registry, NUMPY, "Trunc", UnaryFunction.TRUNC);
    unary(registry, NUMPY, "Reciprocal", UnaryFunction.RECIPROCAL);
    unary(registry, NUMPY, "Tan", UnaryFunction.TAN);
    unary(registry, NUMPY, "Sinh", UnaryFunction.SINH);
    unary(registry, NUMPY, "Cosh", UnaryFunction.COSH);
    unary(registry, NUMPY, "Arcsin", UnaryFunction.ARCSIN);
    unary(registry, NUMPY, "Arccos", UnaryFunction.ARCCOS);
    unary(registry, NUMPY, "Arctan", UnaryFunction.ARCTAN);
    unary(registry, NUMPY, "Arcsinh", UnaryFunction.ARCSINH);
    unary(registry, NUMPY, "Arccosh", UnaryFunction.ARCCOSH);
    unary(registry, NUMPY, "Arctanh", UnaryFunction.ARCTANH);
    unary(registry, NUMPY, "Exp2", UnaryFunction.EXP2);
    unary(registry, NUMPY, "Log2", UnaryFunction.LOG2);
    unary(registry, NUMPY, "Log10", UnaryFunction.LOG10);
    unary(registry, NUMPY, "Cbrt", UnaryFunction.CBRT);
    unary(registry, NUMPY, "Deg2rad", UnaryFunction.DEG2RAD);
    unary(registry, NUMPY, "Rad2deg", UnaryFunction.RAD2DEG);
    unary(registry, NUMPY, "Sinc", UnaryFunction.SINC);
    unary(registry, NUMPY, "I0", UnaryFunction.I0);
    unary(registry, NUMPY, "Copy", UnaryFunction.COPY);
    unary(registry, MATH, "Erfc", UnaryFunction.ERFC);
    unary(registry, MATH, "Erfinv", UnaryFunction.ERFINV);
    kernel(registry, NUMPY, "Exp", Function.EXP);
    kernel(registry, NUMPY, "Expm1", Function.EXPM1);
    kernel(registry, NUMPY, "Log", Function.LOG);
    kernel(registry, NUMPY, "Log1p", Function.LOG1P);
    kernel(registry, NUMPY, "Tanh", Function.TANH);
    kernel(registry, NUMPY, "Sin", Function.SIN);
    kernel(registry, NUMPY, "Cos", Function.COS);
    kernel(registry, NUMPY, "Sqrt", Function.SQRT);
    kernel(registry, MATH, "Erf", Function.ERF);
    kernel(registry, MATH, "Rsqrt", Function.RSQRT);
    registry.operation(
        NUMPY,
        "Fabs",
        spec -> UnaryOperation.of(spec, UnaryFunction.ABSOLUTE, false));
    registry.operation(
        NUMPY,
        "Round",
        spec -> {
          if (spec.config().integer("decimals", 0) != 0) {
            throw spec.unsupported("round to %d decimals", spec.config().integer("decimals"));
          }
          return UnaryOperation.of(spec, UnaryFunction.ROUND);
        });
    registry.operation(NUMPY, "Clip", ClipOperation::of);
  }

  private static void reductions(LayerRegistry registry) {
    reduction(registry, NUMPY, "Sum", Reduction.SUM);
    reduction(registry, NUMPY, "Mean", Reduction.MEAN);
    reduction(registry, NUMPY, "Prod", Reduction.PROD);
    reduction(registry, NUMPY, "Max", Reduction.MAX);
    reduction(registry, NUMPY, "Amax", Reduction.MAX);
    reduction(registry, NUMPY, "Min", Reduction.MIN);
    reduction(registry, NUMPY, "Amin", Reduction.MIN);
    reduction(registry, NUMPY, "Any", Reduction.ANY);
    reduction(registry, NUMPY, "All", Reduction.ALL);
    reduction(registry, NUMPY, "Argmax", Reduction.ARGMAX);
    reduction(registry, NUMPY, "Argmin", Reduction.ARGMIN);
    reduction(registry, NUMPY, "Var", Reduction.VAR);
    reduction(registry, NUMPY, "Std", Reduction.STD);
    reduction(registry, NUMPY, "CountNonzero", Reduction.COUNT_NONZERO);
    reduction(registry, NUMPY, "Ptp", Reduction.PTP);
    reduction(registry, MATH, "Logsumexp", Reduction.LOGSUMEXP);
    registry.operation(NUMPY, "Cumsum", CumulativeOperation::sum);
    registry.operation(NUMPY, "Cumprod", CumulativeOperation::product);
  }

  private static void reduction(LayerRegistry registry, String module, String name, Reduction reduction) {
    registry.operation(module, name, spec -> new ReduceOperation(reduction, spec));
  }

  private static void numpy(LayerRegistry registry, String name, LayerFactory factory) {
    registry.operation(NUMPY, name, factory);
  }

  private static void movements(LayerRegistry registry) {
    numpy(registry, "Reshape", ReshapeOperation::of);
    numpy(registry, "Ravel", spec -> ReshapeOperation.ravel());
    numpy(registry, "Transpose", Views::transpose);
    numpy(registry, "ExpandDims", Views::expandDims);
    numpy(registry, "Squeeze", Views::squeeze);
    numpy(registry, "Swapaxes", Views::swapAxes);
    numpy(registry, "Moveaxis", Views::moveAxis);
    numpy(registry, "Flip", Views::flip);
    numpy(registry, "Fliplr", spec -> Views.flip(1));
    numpy(registry, "Flipud", spec -> Views.flip(0));
    numpy(registry, "BroadcastTo", Views::broadcastTo);
    numpy(registry, "GetItem", Views::getItem);
    numpy(registry, "Tile", Repeats::tile);
    numpy(registry, "Repeat", Repeats::repeat);
    numpy(registry, "Roll", Indexing::roll);
    numpy(registry, "Take", Indexing::take);
    numpy(registry, "Pad", Indexing::pad);
    numpy(registry, "Concatenate", spec -> Concatenate.operation(spec.config().integer("axis", 0)));
    numpy(registry, "Stack", spec -> new StackOperation(spec.config().integer("axis", 0)));
    numpy(registry, "Split", SplitOperation::split);
    numpy(registry, "ArraySplit", SplitOperation::arraySplit);
    numpy(registry, "Vsplit", spec -> SplitOperation.along(spec, 0));
    numpy(registry, "Hsplit", spec -> SplitOperation.along(spec, spec.input().shape().rank() == 1 ? 0 : 1));
    numpy(registry, "Dsplit", spec -> SplitOperation.along(spec, 2));
  }

  private static void core(LayerRegistry registry) {
    registry.operation(CORE, "Cast", CastOperation::of);
    registry.operation(CORE, "StopGradient", spec -> new CastOperation(null));
    registry.operation(
        CORE,
        "ConvertToTensor",
        spec -> {
          spec.config().ignore("sparse", "ragged");
          return CastOperation.of(spec);
        });
    registry.operation(CORE, "Unstack", SplitOperation::unstack);
    numpy(registry, "ZerosLike", spec -> FillOperation.of(spec, 0));
    numpy(registry, "OnesLike", spec -> FillOperation.of(spec, 1));
    numpy(registry, "FullLike", FillOperation::full);
  }
}
