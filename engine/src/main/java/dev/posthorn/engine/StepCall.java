package dev.posthorn.engine;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.State;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step with the tensors of one frame. */
final class StepCall implements Call {
  private final Session session;
  private final NodeCall spec;
  private final ArrayTensor[] inputs;
  private final @Nullable ArrayTensor[] masks;
  private final ArrayTensor[] outputs;
  private final @Nullable ArrayTensor outputMask;
  private final @Nullable Object prepared;
  private final StepMemory memory;

  StepCall(
      Session session,
      NodeCall spec,
      ArrayTensor[] inputs,
      @Nullable ArrayTensor[] masks,
      ArrayTensor[] outputs,
      @Nullable ArrayTensor outputMask,
      @Nullable Object prepared,
      StepMemory memory) {
    this.session = session;
    this.spec = spec;
    this.inputs = inputs;
    this.masks = masks;
    this.outputs = outputs;
    this.outputMask = outputMask;
    this.prepared = prepared;
    this.memory = memory;
  }

  @Override
  public CallSpec spec() {
    return spec;
  }

  @Override
  public int inputCount() {
    return inputs.length;
  }

  @Override
  public Tensor input(int index) {
    return inputs[index];
  }

  @Override
  public int outputCount() {
    return outputs.length;
  }

  @Override
  public Tensor output(int index) {
    return outputs[index];
  }

  @Override
  public @Nullable Tensor mask(int input) {
    return input < masks.length ? masks[input] : null;
  }

  @Override
  public @Nullable Tensor outputMask() {
    return outputMask;
  }

  @Override
  public <T> T prepared(Class<T> type) {
    if (prepared == null) {
      throw new IllegalStateException("prepare() gave nothing");
    }
    return type.cast(prepared);
  }

  @Override
  public Tensor state(State state) {
    return session.state(state);
  }

  @Override
  public float[] floats(int slot, int length) {
    return memory.floats(slot, length);
  }

  @Override
  public double[] doubles(int slot, int length) {
    return memory.doubles(slot, length);
  }

  @Override
  public int[] ints(int slot, int length) {
    return memory.ints(slot, length);
  }

  @Override
  public long[] longs(int slot, int length) {
    return memory.longs(slot, length);
  }

  @Override
  public boolean[] booleans(int slot, int length) {
    return memory.booleans(slot, length);
  }

  @Override
  public Tensor scratch(int slot, TensorSpec tensorSpec) {
    return memory.tensor(slot, tensorSpec);
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Tensor> scratch(int slot, List<TensorSpec> specs) {
    return (List<Tensor>) (List<?>) memory.tensors(slot, specs);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void run(Body body, List<Tensor> bodyInputs, List<Tensor> bodyOutputs) {
    session.run((SubPlan) body, (List<ArrayTensor>) (List<?>) bodyInputs, (List<ArrayTensor>) (List<?>) bodyOutputs);
  }

  @Override
  public void checkCancelled() {
    session.cancellation().check();
  }

  @Override
  public Kernels kernels() {
    return session.kernels();
  }
}
