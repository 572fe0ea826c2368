package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model: its plan and its weights. Immutable; any number of threads may use it at once. What it takes and gives
 * stands in its {@link #signature}; {@link Signature#bind(List)} brings tensors into the order that is wanted here.
 */
public final class Model implements AutoCloseable {
  private static final long BLOCK_BYTES = 512 << 10;
  private static final int MAX_BLOCK_ROWS = 1 << 14;
  private static final int BLOCK_MULTIPLE = 24;

  private final String name;
  private final String format;
  private final KerasVersion kerasVersion;
  private final Supplier<String> digest;
  private final GraphBuilder.Built built;
  private final EngineKernels kernels;
  private final Helpers helpers;
  private final Signature signature;
  private final Plan plan;
  private final Lanes lanes;
  private final long memoryBytes;
  private final Inventory inventory;
  private volatile @Nullable Proof proof;
  private volatile @Nullable Tracer tracer;
  private volatile @Nullable Cost cost;
  private volatile int blockRows;
  private volatile boolean closed;

  Model(
      ModelDescription description,
      GraphBuilder.Built built,
      Signature signature,
      EngineKernels kernels,
      Helpers helpers,
      int layouts,
      long memoryBytes) {
    this.name = description.name();
    this.format = description.format();
    this.kerasVersion = description.kerasVersion();
    this.digest = description.digest();
    this.built = built;
    this.kernels = kernels;
    this.helpers = helpers;
    this.signature = signature;
    this.memoryBytes = memoryBytes;
    Graph optimized = Optimizer.optimize(built.graph());
    this.plan = new Plan(optimized);
    this.lanes = new Lanes(() -> new Session(plan, kernels, layouts));
    this.inventory = new Inventory(built, optimized);
  }

  public String name() {
    return name;
  }

  /** keras, folder, npz, ...: as in {@link ModelDescription#format}. */
  public String format() {
    return format;
  }

  public KerasVersion kerasVersion() {
    return kerasVersion;
  }

  /** SHA-256 of the file; waits until it is computed. */
  public String sha256() {
    return digest.get();
  }

  public Signature signature() {
    return signature;
  }

  public long parameters() {
    return built.root().parameters();
  }

  /** Bytes of the weights in the form in which they are kept. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** Multiplications and additions of the matrix products for one row; lengths that are unknown count as 1. */
  public long flopsPerRow() {
    return inventory.flopsPerRow();
  }

  /** The part of {@link #flopsPerRow()} that a layer has, all its calls together; 0 for one that is not known. */
  public long flopsPerRow(String layer) {
    return inventory.flops().getOrDefault(layer, 0L);
  }

  public boolean stateful() {
    return !built.states().isEmpty();
  }

  /** Whether rows of several requests may be computed together. */
  public boolean rowsIndependent() {
    return plan.rowsIndependent() && !stateful();
  }

  /** What keeps rows from being computed together, if anything does. */
  public Optional<String> whyNotJoined() {
    return stateful() ? Optional.of("the model is stateful") : plan.dependentLayer();
  }

  /** Whether a plug-in supplies a part of it: such a plan does not belong on a network thread. */
  public boolean usesPlugins() {
    return inventory.layers().stream().anyMatch(l -> !l.plugin().isEmpty());
  }

  public List<LayerInfo> layers() {
    return inventory.layers();
  }

  public List<StepInfo> steps() {
    return inventory.steps();
  }

  /** How well it reproduced its example, if it brought one. */
  public Optional<Proof> proof() {
    return Optional.ofNullable(proof);
  }

  void proven(Proof result) {
    proof = result;
  }

  public Sequence newSequence() {
    return new Sequence(built.states());
  }

  /** Types and shapes of the outputs for these inputs. */
  public List<TensorSpec> outputSpecs(List<ArrayTensor> inputs) {
    int rows = rows(inputs);
    Lane lane = lanes.take();
    try {
      if (rows == 0) {
        return specsOf(lane, inputs, 1, 0);
      }
      int block = blockRows(inputs);
      return rows <= block ? lane.session.outputs(inputs) : specsOf(lane, inputs, 1, rows);
    } finally {
      lanes.giveBack(lane);
    }
  }

  /** The outputs' specs of a batch of {@code sample} rows, with {@code rows} rows instead. */
  private List<TensorSpec> specsOf(Lane lane, List<ArrayTensor> inputs, int sample, int rows) {
    List<ArrayTensor> small = new ArrayList<>();
    for (ArrayTensor input : inputs) {
      boolean batched = input.shape().rank() > 0;
      small.add(batched ? ArrayTensor.allocate(input.spec().withShape(input.shape().with(0, sample))) : input);
    }
    return lane.session.outputs(small).stream()
        .map(s -> s.shape().rank() > 0 && s.shape().first() == sample ? s.withShape(s.shape().with(0, rows)) : s)
        .toList();
  }

  /** The outputs for these inputs, which are in the order of the signature. */
  public List<ArrayTensor> predict(List<ArrayTensor> inputs) {
    List<TensorSpec> specs = outputSpecs(inputs);
    WorkMemory.check(specs.stream().mapToDouble(WorkMemory::bytes).sum(), "the outputs");
    List<ArrayTensor> outputs = specs.stream().map(ArrayTensor::allocate).toList();
    predict(inputs, outputs, Cancellation.NONE);
    return outputs;
  }

  /**
   * Computes the outputs into tensors of the caller, which have the shapes of {@link #outputSpecs}. Allocates nothing
   * once these lengths were seen. A stateful model starts from zeros.
   *
   * @throws InferenceException INVALID_INPUT_SHAPE, PLUGIN_FAILED, CANCELLED, DEADLINE_EXCEEDED, INTERNAL
   */
  public void predict(List<ArrayTensor> inputs, List<ArrayTensor> outputs, Cancellation cancellation) {
    if (stateful()) {
      predict(inputs, outputs, cancellation, newSequence());
      return;
    }
    checkOpen();
    int rows = rows(inputs);
    if (rows == 0) {
      return;
    }
    Lane lane = lanes.take();
    try {
      int block = blockRows(inputs);
      if (rows <= block) {
        lane.session.run(inputs, outputs, cancellation, Map.of(), null);
      } else {
        lane.rowBlocks.run(lane, helpers, inputs, outputs, rows, block, cancellation);
      }
    } finally {
      lanes.giveBack(lane);
    }
  }

  /**
   * As above, going on with a sequence. Its state changes only if the run succeeds.
   *
   * @throws InferenceException INVALID_INPUT_SHAPE also if the number of rows is not that of the batches before
   */
  public void predict(
      List<ArrayTensor> inputs, List<ArrayTensor> outputs, Cancellation cancellation, Sequence sequence) {
    checkOpen();
    int rows = rows(inputs);
    if (rows == 0) {
      return;
    }
    Map<State, ArrayTensor> states = sequence.begin(rows);
    Lane lane = lanes.take();
    try {
      lane.session.run(inputs, outputs, cancellation, states, null);
    } finally {
      lanes.giveBack(lane);
    }
    sequence.commit(states, rows);
  }

  /**
   * Runs a batch layer by layer, without fusion, and reports what every call of a layer gave, in order of execution.
   *
   * @param layers the layers wanted, by {@link LayerInfo#name}; empty: all
   * @throws InferenceException INVALID_ARGUMENT if a layer is unknown; else as {@link #predict}
   */
  public void trace(
      List<ArrayTensor> inputs, Set<String> layers, Cancellation cancellation, Consumer<TracedCall> receiver) {
    checkOpen();
    tracer().trace(inputs, layers, cancellation, newSequence(), receiver);
  }

  /** The names that {@link #trace} knows. */
  public List<String> traceableLayers() {
    return tracer().names();
  }

  private Tracer tracer() {
    Tracer made = tracer;
    if (made == null) {
      made = new Tracer(built.graph(), kernels);
      tracer = made;
    }
    return made;
  }

  /**
   * Runs batches of zeros of these numbers of rows, so that their buffers are there, and measures what a row costs.
   * Models whose lengths are not known are left alone.
   */
  public void warmUp(int... rows) {
    if (signature.inputs().stream().allMatch(Model::isKnownBeyondRows)) {
      cost = Cost.measure(this, rows);
    }
  }

  private static boolean isKnownBeyondRows(Port port) {
    Shape shape = port.spec().shape();
    return shape.rank() > 0 && shape.slice(1, shape.rank()).isKnown();
  }

  /** What a batch of that many rows will take, in nanoseconds; Long.MAX_VALUE if nothing is known. */
  public long estimateNanos(int rows) {
    Cost known = cost;
    return known == null ? Long.MAX_VALUE : known.nanos(rows);
  }

  /** Rows that are computed as one block; larger batches are split if rows are independent. 0 before the first run. */
  public int blockRows() {
    return blockRows;
  }

  private int blockRows(List<ArrayTensor> inputs) {
    if (!rowsIndependent()) {
      return Integer.MAX_VALUE;
    }
    int known = blockRows;
    if (known == 0) {
      known = chooseBlockRows(inputs);
      blockRows = known;
    }
    return known;
  }

  private int chooseBlockRows(List<ArrayTensor> inputs) {
    List<TensorSpec> single = inputs.stream().map(t -> t.spec().withShape(t.shape().with(0, 1))).toList();
    TensorSpec[] specs = plan.infer(single, new NodeCall[plan.steps().size()]);
    long bytes = Math.max(1, Layout.bytesPerRow(plan, specs));
    long rows = Math.min(MAX_BLOCK_ROWS, Math.max(1, BLOCK_BYTES / bytes));
    return (int) (rows < BLOCK_MULTIPLE ? rows : rows / BLOCK_MULTIPLE * BLOCK_MULTIPLE);
  }

  private int rows(List<ArrayTensor> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).shape().rank() > 0) {
        return inputs.get(i).shape().first();
      }
    }
    return 1;
  }

  /** What {@code predict} ran before goes on to its end; what comes after is refused. The memory goes with the last run. */
  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new InferenceException(
          Reason.MODEL_NOT_READY, Map.of("model", name()), "model '" + name() + "' was unloaded");
    }
  }
}
