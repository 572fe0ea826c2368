package dev.posthorn.testkit;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * The contract of a layer, run on the real engine. Describe the layer as a model file would and return {@link #tests} from
 * a {@code @TestFactory}:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> scaledShift() {
 *   return LayerContract.of("MyPackage>ScaledShift")
 *       .plugin(new MyPlugin())
 *       .config(Map.of("power", 2.0))
 *       .input(DType.FLOAT32, -1, 5)
 *       .tests();
 * }
 * }</pre>
 *
 * <p>It checks that shapes promised while loading are those that come out, that rows claimed to be independent are so bit
 * for bit, that nothing is allocated per call, that inputs stay as they are, that two threads get what one gets, that
 * float64 is computed or refused by name, that NaN is a number, that a config key nobody reads is refused, and that the
 * numbers are the expected ones.
 */
public final class LayerContract {
  private final String className;
  private final String module;
  private final List<LayerPlugin> plugins = new ArrayList<>();
  private final List<TensorSpec> inputs = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private final Map<String, @Nullable Object> config = new LinkedHashMap<>();
  private final Map<String, byte[]> assets = new LinkedHashMap<>();
  private final List<Expected> expected = new ArrayList<>();
  private @Nullable List<?> positional;
  private Map<String, ?> keywords = Map.of();
  private boolean allocates;
  private double minimum = -1;
  private double maximum = 1;

  /** A tensor among the arguments of the call: {@link #input(int)}. */
  record InputRef(int index) {}

  /** What inputs are drawn from: numbers from 'from' to below 'to', or texts. */
  record Range(double from, double to, List<String> texts) {}

  /** Inputs, weights and what must come out. */
  record Expected(List<ArrayTensor> weights, List<ArrayTensor> inputs, List<ArrayTensor> outputs) {}

  private LayerContract(String module, String className) {
    this.module = module;
    this.className = className;
  }

  /** The contract of a layer, by the name under which it is registered. */
  public static LayerContract of(String registeredName) {
    return new LayerContract("", registeredName);
  }

  /** The contract of an operation of keras.ops. */
  public static LayerContract ofOperation(String module, String name) {
    return new LayerContract(module, name);
  }

  /** A tensor for {@link #call}: the input of that index. */
  public static Object input(int index) {
    return new InputRef(index);
  }

  /** The plug-in that brings the layer. */
  public LayerContract plugin(LayerPlugin plugin) {
    plugins.add(plugin);
    return this;
  }

  /** The layer's config as in a model file; numbers are Long or Double, or Integer for convenience. */
  public LayerContract config(Map<String, ?> values) {
    config.putAll(values);
    return this;
  }

  /** An input; axis 0 is the batch, and -1 stands where lengths vary. Numbers are drawn from -2 to 2. */
  public LayerContract input(DType dtype, int... dims) {
    return numbers(dtype, -2, 2, dims);
  }

  /** An input of numbers from 'from' to below 'to'. */
  public LayerContract numbers(DType dtype, double from, double to, int... dims) {
    inputs.add(TensorSpec.of(dtype, dims));
    ranges.add(new Range(from, to, List.of()));
    return this;
  }

  /** An input of strings, drawn from these. */
  public LayerContract strings(List<String> texts, int... dims) {
    inputs.add(TensorSpec.of(DType.STRING, dims));
    ranges.add(new Range(0, texts.size(), List.copyOf(texts)));
    return this;
  }

  /** How Python calls the layer, with {@link #input(int)} for tensors; by default with all inputs as positional ones. */
  public LayerContract call(List<?> positionalArguments, Map<String, ?> keywordArguments) {
    positional = List.copyOf(positionalArguments);
    keywords = Map.copyOf(keywordArguments);
    return this;
  }

  /** The layer takes its inputs as one list: Add, Concatenate. */
  public LayerContract callWithList() {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.add(input(i));
    }
    return call(List.of(all), Map.of());
  }

  /** The weights that are made up lie between these; by default from -1 to 1. */
  public LayerContract weights(double from, double to) {
    minimum = from;
    maximum = to;
    return this;
  }

  /** A file in the layer's assets. */
  public LayerContract asset(String fileName, String text) {
    assets.put(fileName, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Says that the layer cannot do without allocating; best with a comment why. */
  public LayerContract allocates() {
    allocates = true;
    return this;
  }

  /** Numbers that must come out, within 1e-5 + 1e-4 of the expected ones; the weights in the order of get_weights(). */
  public LayerContract expect(
      List<ArrayTensor> weights, List<ArrayTensor> givenInputs, List<ArrayTensor> givenOutputs) {
    expected.add(new Expected(List.copyOf(weights), List.copyOf(givenInputs), List.copyOf(givenOutputs)));
    return this;
  }

  /** The tests, to be returned from a {@code @TestFactory}. */
  public Stream<DynamicTest> tests() {
    LayerChecks checks = new LayerChecks(this);
    return Stream.of(
        test("gives the shapes it promises", checks::givesThePromisedShapes),
        test("computes each row by itself if it says so", checks::computesEachRowByItself),
        test("allocates nothing per call", checks::allocatesNothing),
        test("leaves its inputs alone", checks::leavesInputsAlone),
        test("serves two threads at once", checks::servesTwoThreads),
        test("computes in float64 or refuses it by name", checks::computesInFloat64OrRefuses),
        test("takes NaN as a number", checks::takesNaN),
        test("refuses a config key that it does not know", checks::refusesUnknownKeys),
        test("gives the expected numbers", checks::givesExpectedNumbers));
  }

  private DynamicTest test(String name, Executable body) {
    String sentence = className + " " + name;
    return DynamicTest.dynamicTest(sentence, () -> {
      try {
        body.execute();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(sentence + ", config " + config + ": " + e.getMessage(), e);
      }
    });
  }

  String className() {
    return className;
  }

  String module() {
    return module;
  }

  boolean isOperation() {
    return !module.isEmpty();
  }

  List<LayerPlugin> plugins() {
    return plugins;
  }

  List<TensorSpec> inputs() {
    return inputs;
  }

  List<Range> ranges() {
    return ranges;
  }

  Map<String, @Nullable Object> config() {
    return config;
  }

  Map<String, byte[]> assets() {
    return assets;
  }

  List<Expected> expected() {
    return expected;
  }

  List<?> positional() {
    List<?> given = positional;
    if (given != null) {
      return given;
    }
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.add(input(i));
    }
    return all;
  }

  Map<String, ?> keywords() {
    return keywords;
  }

  boolean mayAllocate() {
    return allocates;
  }

  double minimum() {
    return minimum;
  }

  double maximum() {
    return maximum;
  }

  /** The inputs' shapes for a batch of that many rows; other lengths that vary become {@code length}. */
  List<TensorSpec> known(int rows, int length) {
    List<TensorSpec> known = new ArrayList<>();
    for (TensorSpec spec : inputs) {
      int[] dims = spec.shape().dims();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] != Shape.UNKNOWN ? dims[i] : i == 0 ? rows : length;
      }
      known.add(spec.withShape(Shape.of(dims)));
    }
    return known;
  }
}
