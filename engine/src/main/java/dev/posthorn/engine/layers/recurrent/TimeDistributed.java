package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * keras.layers.TimeDistributed: a layer on every step of (batch, time, ...). Where the layer's rows are independent all
 * steps are one batch; else the layer runs step by step.
 */
final class TimeDistributed implements Layer {
  private final Body body;

  private record Lengths(int batch, int time, List<TensorSpec> inner, List<TensorSpec> innerOutput) {}

  TimeDistributed(LayerSpec spec) {
    SubLayer layer = spec.sub("layer");
    Shape input = spec.input().shape();
    if (input.rank() < 3) {
      throw spec.error("expected an input of shape (batch, time, ...), got %s", input);
    }
    body = spec.body((calls, values) -> calls.call(layer, values.get(0)), List.of(inner(spec.input(), Shape.UNKNOWN)));
    if (body.outputs().size() != 1) {
      throw spec.unsupported("a layer with %d outputs", body.outputs().size());
    }
  }

  private static TensorSpec inner(TensorSpec input, int rows) {
    Shape shape = input.shape();
    return input.withShape(shape.slice(2, shape.rank()).prepend(rows));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    TensorSpec one = body.outputs(List.of(inner(call.input(), Shape.UNKNOWN))).get(0);
    Shape row = one.shape().slice(1, one.shape().rank());
    return List.of(one.withShape(row.prepend(shape.dim(1)).prepend(shape.first())));
  }

  @Override
  public Object prepare(CallSpec call) {
    int batch = call.input().shape().first();
    int time = call.input().shape().dim(1);
    int rows = body.rowsIndependent() ? batch * time : batch;
    List<TensorSpec> inner = List.of(inner(call.input(), rows));
    return new Lengths(batch, time, inner, body.outputs(inner));
  }

  @Override
  public void forward(Call call) {
    Lengths lengths = call.prepared(Lengths.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    List<Tensor> inputs = call.scratch(0, lengths.inner());
    List<Tensor> results = call.scratch(1, lengths.innerOutput());
    Tensor inner = inputs.get(0);
    Tensor result = results.get(0);
    if (body.rowsIndependent()) {
      copy(input, 0, inner, 0, input.size());
      call.run(body, inputs, results);
      copy(result, 0, output, 0, output.size());
      return;
    }
    int cells = Math.max(1, lengths.batch() * lengths.time());
    int from = input.size() / cells;
    int to = output.size() / cells;
    for (int t = 0; t < lengths.time(); t++) {
      call.checkCancelled();
      for (int row = 0; row < lengths.batch(); row++) {
        copy(input, (row * lengths.time() + t) * from, inner, row * from, from);
      }
      call.run(body, inputs, results);
      for (int row = 0; row < lengths.batch(); row++) {
        copy(result, row * to, output, (row * lengths.time() + t) * to, to);
      }
    }
  }

  private static void copy(Tensor source, int from, Tensor target, int to, int length) {
    switch (source.dtype().storage()) {
      case BOOLEANS -> System.arraycopy(source.booleans(), from, target.booleans(), to, length);
      case INTS -> System.arraycopy(source.ints(), from, target.ints(), to, length);
      case LONGS -> System.arraycopy(source.longs(), from, target.longs(), to, length);
      case FLOATS -> System.arraycopy(source.floats(), from, target.floats(), to, length);
      case DOUBLES -> System.arraycopy(source.doubles(), from, target.doubles(), to, length);
      case STRINGS -> System.arraycopy(source.strings(), from, target.strings(), to, length);
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return body.rowsIndependent();
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean supports(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
  }
}
