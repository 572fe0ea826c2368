package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scratch memory in which one thread at a time runs a plan. Allocates when lengths are new; once they were seen, a
 * run allocates nothing.
 */
final class Session {
  /** Called after each step of a run, for tracing. */
  interface Observer {
    void stepDone(int step, ArrayTensor[] tensors, long nanos);
  }

  private static final int FRAMES_PER_LAYOUT = 4;

  private final Plan plan;
  private final Kernels kernels;
  private final int maxLayouts;
  private final StepMemory[] memories;
  private final List<Layout> layouts = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private final Map<SubPlan, Session> bodies = new IdentityHashMap<>();
  private Map<State, ArrayTensor> states = Map.of();
  private Cancellation cancellation = Cancellation.NONE;
  private @Nullable Frame recent;
  private long clock;

  Session(Plan plan, Kernels kernels, int maxLayouts) {
    this.plan = plan;
    this.kernels = kernels;
    this.maxLayouts = maxLayouts;
    this.memories = new StepMemory[plan.steps().size()];
    for (int i = 0; i < memories.length; i++) {
      memories[i] = new StepMemory();
    }
  }

  Kernels kernels() {
    return kernels;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  ArrayTensor state(State state) {
    ArrayTensor found = states.get(state);
    if (found == null) {
      throw new IllegalStateException("state '" + state.name() + "' was not declared");
    }
    return found;
  }

  /** Types and shapes of the outputs for these inputs. */
  List<TensorSpec> outputs(List<ArrayTensor> inputs) {
    return frame(inputs).outputs;
  }

  /** Runs the plan; the outputs have the shapes of {@link #outputs}. */
  void run(
      List<ArrayTensor> inputs,
      List<ArrayTensor> outputs,
      Cancellation wanted,
      Map<State, ArrayTensor> stateTensors,
      @Nullable Observer observer) {
    Frame frame = frame(inputs);
    cancellation = wanted;
    states = stateTensors;
    bind(frame, inputs, outputs);
    try {
      execute(frame, observer);
      copyRepeatedOutputs(frame, outputs);
    } finally {
      unbind(frame);
      cancellation = Cancellation.NONE;
      states = Map.of();
    }
  }

  void run(SubPlan body, List<ArrayTensor> inputs, List<ArrayTensor> outputs) {
    Session session = bodies.get(body);
    if (session == null) {
      session = new Session(body.plan(), kernels, maxLayouts);
      bodies.put(body, session);
    }
    session.run(inputs, outputs, cancellation, Map.of(), null);
  }

  private void bind(Frame frame, List<ArrayTensor> inputs, List<ArrayTensor> outputs) {
    for (int i = 0; i < inputs.size(); i++) {
      frame.tensors[i].rebind(inputs.get(i).array());
    }
    int[] numbers = plan.outputs();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] >= plan.inputCount() && firstIndex(numbers, numbers[i]) == i) {
        frame.tensors[numbers[i]].rebind(outputs.get(i).array());
      }
    }
  }

  /** A frame must not keep a caller's arrays alive. */
  private void unbind(Frame frame) {
    for (int i = 0; i < plan.inputCount(); i++) {
      frame.tensors[i].unbind();
    }
    for (int number : plan.outputs()) {
      frame.tensors[number].unbind();
    }
  }

  private void copyRepeatedOutputs(Frame frame, List<ArrayTensor> outputs) {
    int[] numbers = plan.outputs();
    for (int i = 0; i < numbers.length; i++) {
      Object from = frame.tensors[numbers[i]].array();
      ArrayTensor into = outputs.get(i);
      if (from != into.array()) {
        System.arraycopy(from, 0, into.array(), 0, into.size());
      }
    }
  }

  private static int firstIndex(int[] numbers, int number) {
    int i = 0;
    while (numbers[i] != number) {
      i++;
    }
    return i;
  }

  private void execute(Frame frame, @Nullable Observer observer) {
    List<Plan.Step> steps = plan.steps();
    for (int i = 0; i < frame.calls.length; i++) {
      cancellation.check();
      Node node = steps.get(i).node();
      long start = observer == null ? 0 : System.nanoTime();
      try {
        node.layer().forward(frame.calls[i]);
      } catch (InferenceException e) {
        throw e;
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw failure(node, e);
      }
      if (observer != null) {
        observer.stepDone(i, frame.tensors, System.nanoTime() - start);
      }
    }
  }

  private static InferenceException failure(Node node, Throwable cause) {
    LayerScope scope = node.scope();
    String plugin = scope == null ? "" : scope.plugin();
    String layer = scope == null ? node.label() : scope.fullName();
    if (plugin.isEmpty()) {
      return new InferenceException(
          Reason.INTERNAL, Map.of("layer", layer), node.label() + " failed: " + cause, cause);
    }
    return new InferenceException(
        Reason.PLUGIN_FAILED,
        Map.of("layer", layer, "plugin", plugin),
        node.label() + " of plug-in " + plugin + " failed: " + cause,
        cause);
  }

  private Frame frame(List<ArrayTensor> inputs) {
    Frame last = recent;
    if (last != null && last.fits(inputs)) {
      return last;
    }
    clock++;
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      if (frame.fits(inputs)) {
        frame.lastUse = clock;
        recent = frame;
        return frame;
      }
    }
    return makeFrame(inputs);
  }

  private Frame makeFrame(List<ArrayTensor> inputs) {
    List<Plan.Step> steps = plan.steps();
    NodeCall[] specs = new NodeCall[steps.size()];
    TensorSpec[] known = plan.infer(inputs.stream().map(ArrayTensor::spec).toList(), specs);
    checkKnown(known);
    List<Shape> shapes = inputs.stream().map(ArrayTensor::shape).toList();
    Layout layout = layout(inputs, shapes, known);
    if (layout.grow(known)) {
      frames.removeIf(f -> f.layout == layout);
    }
    evictFrames();
    ArrayTensor[] tensors = layout.tensors(known);
    StepCall[] calls = new StepCall[steps.size()];
    for (int i = 0; i < calls.length; i++) {
      calls[i] = call(steps.get(i), specs[i], tensors, memories[i]);
    }
    List<TensorSpec> outputs = new ArrayList<>();
    for (int number : plan.outputs()) {
      outputs.add(known[number]);
    }
    Frame frame = new Frame(layout, shapes, tensors, calls, List.copyOf(outputs));
    frame.lastUse = clock;
    frames.add(frame);
    recent = frame;
    return frame;
  }

  private void checkKnown(TensorSpec[] specs) {
    for (Plan.Step step : plan.steps()) {
      for (int number : step.outputs()) {
        if (!specs[number].shape().isKnown()) {
          throw step.node().call().error("the shape of an output stays unknown: %s", specs[number].shape());
        }
      }
    }
  }

  private StepCall call(Plan.Step step, NodeCall spec, ArrayTensor[] tensors, StepMemory memory) {
    ArrayTensor[] in = pick(step.inputs(), tensors);
    @Nullable ArrayTensor[] masks = new ArrayTensor[step.masks().length];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = step.masks()[i] == Plan.NONE ? null : tensors[step.masks()[i]];
    }
    Layer layer = step.node().layer();
    ArrayTensor outputMask = step.outputMask() == Plan.NONE ? null : tensors[step.outputMask()];
    return new StepCall(
        this, spec, in, masks, pick(step.outputs(), tensors), outputMask, layer.prepare(spec), memory);
  }

  private static ArrayTensor[] pick(int[] numbers, ArrayTensor[] tensors) {
    ArrayTensor[] picked = new ArrayTensor[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      picked[i] = tensors[numbers[i]];
    }
    return picked;
  }

  /** The layout for these lengths; the one used least recently makes room. */
  private Layout layout(List<ArrayTensor> inputs, List<Shape> shapes, TensorSpec[] specs) {
    for (int i = 0; i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      if (layout.fits(inputs)) {
        layouts.remove(i);
        layouts.add(layout);
        return layout;
      }
    }
    if (layouts.size() >= maxLayouts) {
      Layout oldest = layouts.remove(0);
      frames.removeIf(f -> f.layout == oldest);
    }
    Layout layout = new Layout(plan, shapes, specs);
    layouts.add(layout);
    return layout;
  }

  private void evictFrames() {
    if (frames.size() >= maxLayouts * FRAMES_PER_LAYOUT) {
      frames.stream().min(Comparator.comparingLong(f -> f.lastUse)).ifPresent(frames::remove);
    }
  }
}
