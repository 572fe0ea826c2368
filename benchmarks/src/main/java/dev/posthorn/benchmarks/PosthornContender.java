package dev.posthorn.benchmarks;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import java.util.Arrays;
import java.util.List;

/** The engine as its users call it, on given kernels. */
final class PosthornContender implements Contender {
  private final Engine engine;
  private final Model model;
  private final List<ArrayTensor> inputs;
  private final List<ArrayTensor> outputs;

  PosthornContender(DenseNetwork network, int rows, String kernels, int threads) {
    engine = Engine.builder().kernels(kernels).threads(threads).build();
    model = engine.load(network.description());
    inputs = List.of(ArrayTensor.of(network.batch(rows), rows, network.inputs()));
    outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
  }

  @Override
  public void run() {
    model.predict(inputs, outputs, Cancellation.NONE);
  }

  @Override
  public float[] outputs() {
    return Arrays.copyOf(outputs.get(0).floats(), outputs.get(0).size());
  }

  @Override
  public void close() {
    model.close();
    engine.close();
  }
}
