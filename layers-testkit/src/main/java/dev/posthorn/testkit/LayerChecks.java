package dev.posthorn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.TensorSpec;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The checks of one contract. Made for each run of a test factory; the engine and the weights are made once. */
final class LayerChecks {
  private static final int ROWS = 7;
  private static final int LENGTH = 4;
  private static final int WARM_UP_CALLS = 3_000;
  private static final int MEASURED_CALLS = 200;
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final LayerContract contract;
  private final ContractModel model;
  private @Nullable Engine engine;
  private @Nullable List<ArrayTensor> weights;

  LayerChecks(LayerContract contract) {
    this.contract = contract;
    this.model = new ContractModel(contract);
  }

  private Engine engine() {
    Engine made = engine;
    if (made == null) {
      made = engine("auto");
      engine = made;
    }
    return made;
  }

  private Engine engine(String kernels) {
    Engine.Builder builder = Engine.builder().kernels(kernels).threads(1);
    contract.plugins().stream().filter(plugin -> !isOnClassPath(plugin)).forEach(builder::plugin);
    return builder.build();
  }

  /** Whether the engine finds the plug-in by itself: its tests mostly have its service file on the class path. */
  private static boolean isOnClassPath(LayerPlugin plugin) {
    return ServiceLoader.load(LayerPlugin.class, Engine.class.getClassLoader()).stream()
        .anyMatch(provider -> provider.type() == plugin.getClass());
  }

  private List<ArrayTensor> weights() {
    List<ArrayTensor> made = weights;
    if (made == null) {
      made = InventedWeights.of(contract, engine(), model);
      weights = made;
    }
    return made;
  }

  private Model load(DType floating) {
    return engine().load(model.describe(weights(), floating, Map.of(), 1));
  }

  void givesThePromisedShapes() {
    try (Model loaded = load(DType.FLOAT32)) {
      TensorSpec promised = loaded.signature().outputs().get(0).spec();
      for (int rows : new int[] {1, ROWS}) {
        for (int length : new int[] {LENGTH, LENGTH + 1}) {
          ArrayTensor got = loaded.predict(Tensors.random(contract, contract.known(rows, length), rows)).get(0);
          assertTrue(
              promised.shape().accepts(got.shape()) && promised.dtype() == got.dtype(),
              () -> "promised while loading: " + promised + ", given: " + got);
        }
      }
    }
  }

  void computesEachRowByItself() {
    try (Model loaded = load(DType.FLOAT32)) {
      if (!loaded.rowsIndependent()) {
        assertTrue(loaded.whyNotJoined().isPresent(), "does not say why its rows are not independent");
        return;
      }
      List<ArrayTensor> inputs = Tensors.random(contract, contract.known(ROWS, LENGTH), 1);
      List<ArrayTensor> together = loaded.predict(inputs);
      for (int size : new int[] {1, 2, 5}) {
        for (int from = 0; from + size <= ROWS; from++) {
          int to = from + size;
          int first = from;
          List<ArrayTensor> alone = loaded.predict(inputs.stream().map(t -> Tensors.rows(t, first, to)).toList());
          for (int i = 0; i < alone.size(); i++) {
            assertEquals(
                "", Tensors.difference(alone.get(i), Tensors.rows(together.get(i), from, to)),
                "rows " + from + " to " + (to - 1) + " alone and among " + ROWS);
          }
        }
      }
    }
  }

  /** On the EJML kernels: vector kernels allocate until they are compiled, and this is about the layer. */
  void allocatesNothing() {
    if (contract.mayAllocate()) {
      return;
    }
    try (Engine plain = engine("ejml");
        Model loaded = plain.load(model.describe(weights(), DType.FLOAT32, Map.of(), 1))) {
      List<ArrayTensor> inputs = Tensors.random(contract, contract.known(3, LENGTH), 2);
      List<ArrayTensor> outputs = loaded.predict(inputs);
      predict(loaded, inputs, outputs, WARM_UP_CALLS);
      // The JVM itself allocates a little now and then: some round must be clean.
      long least = Long.MAX_VALUE;
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (least >= MEASURED_CALLS && System.nanoTime() < deadline) {
        least = Math.min(least, bytesAllocated(() -> predict(loaded, inputs, outputs, MEASURED_CALLS)));
      }
      assertEquals(0, least / MEASURED_CALLS, "bytes allocated per call");
    }
  }

  private static long bytesAllocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long first = threads.getCurrentThreadAllocatedBytes();
    long start = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - start - (start - first);
  }

  private static void predict(Model loaded, List<ArrayTensor> inputs, List<ArrayTensor> outputs, int times) {
    for (int i = 0; i < times; i++) {
      loaded.predict(inputs, outputs, Cancellation.NONE);
    }
  }

  void leavesInputsAlone() {
    try (Model loaded = load(DType.FLOAT32)) {
      List<ArrayTensor> inputs = Tensors.random(contract, contract.known(ROWS, LENGTH), 3);
      List<ArrayTensor> same = Tensors.random(contract, contract.known(ROWS, LENGTH), 3);
      loaded.predict(inputs);
      for (int i = 0; i < inputs.size(); i++) {
        assertEquals("", Tensors.difference(inputs.get(i), same.get(i)), "input " + i + " was changed");
      }
    }
  }

  void servesTwoThreads() throws InterruptedException, ExecutionException {
    try (Model loaded = load(DType.FLOAT32);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      CompletableFuture<Void> one = CompletableFuture.runAsync(() -> repeat(loaded, 4), threads);
      CompletableFuture<Void> two = CompletableFuture.runAsync(() -> repeat(loaded, 5), threads);
      CompletableFuture.allOf(one, two).get();
    }
  }

  private void repeat(Model loaded, int seed) {
    List<ArrayTensor> inputs = Tensors.random(contract, contract.known(seed, LENGTH), seed);
    List<ArrayTensor> first = loaded.predict(inputs);
    for (int i = 0; i < MEASURED_CALLS; i++) {
      List<ArrayTensor> again = loaded.predict(inputs);
      for (int k = 0; k < first.size(); k++) {
        assertEquals("", Tensors.difference(again.get(k), first.get(k)), "call " + i + " on one of two threads");
      }
    }
  }

  void computesInFloat64OrRefuses() {
    List<ArrayTensor> inputs = Tensors.random(contract, contract.known(3, LENGTH), 6);
    List<ArrayTensor> narrow;
    try (Model loaded = load(DType.FLOAT32)) {
      narrow = loaded.predict(inputs);
    }
    try (Model loaded = load(DType.FLOAT64)) {
      List<ArrayTensor> wide = loaded.predict(inputs.stream().map(Tensors::widened).toList());
      for (int i = 0; i < wide.size(); i++) {
        assertEquals("", Tensors.distance(wide.get(i), narrow.get(i), 1e-3), "float64 against float32");
      }
    } catch (InferenceException e) {
      assertEquals(Reason.UNSUPPORTED, e.reason(), () -> "float64: " + e.getMessage());
    }
  }

  void takesNaN() {
    try (Model loaded = load(DType.FLOAT32)) {
      List<ArrayTensor> inputs = Tensors.random(contract, contract.known(3, LENGTH), 7);
      inputs.stream()
          .filter(tensor -> tensor.dtype() == DType.FLOAT32)
          .forEach(tensor -> Arrays.fill(tensor.floats(), Float.NaN));
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
        try {
          loaded.predict(inputs);
        } catch (InferenceException e) {
          // Float ids that are no numbers may be refused, but by a clear message only.
          assertTrue(
              e.reason() != Reason.INTERNAL && e.reason() != Reason.PLUGIN_FAILED, () -> "NaN: " + e.getMessage());
        }
      });
    }
  }

  void refusesUnknownKeys() {
    List<ArrayTensor> known = weights();
    try {
      engine().load(model.describe(known, DType.FLOAT32, Map.of("no_such_setting", 3L), 1)).close();
    } catch (InferenceException e) {
      assertEquals(Reason.UNSUPPORTED, e.reason(), e::getMessage);
      assertTrue(String.valueOf(e.getMessage()).contains("no_such_setting"), e::getMessage);
      return;
    }
    fail("took a config with the unknown key 'no_such_setting'");
  }

  void givesExpectedNumbers() {
    for (LayerContract.Expected expected : contract.expected()) {
      int count = expected.outputs().size();
      try (Model loaded = engine().load(model.describe(expected.weights(), DType.FLOAT32, Map.of(), count))) {
        List<ArrayTensor> got = loaded.predict(expected.inputs());
        for (int i = 0; i < count; i++) {
          assertEquals("", Tensors.distance(got.get(i), expected.outputs().get(i), 1e-4), "output " + i);
        }
      }
    }
  }
}
