package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recurrent layer around a {@link Cell}, which goes along the whole sequence by itself. */
final class SequenceRecurrent extends Recurrent {
  private final Body plain;
  private final Body masked;

  SequenceRecurrent(LayerSpec spec, SubLayer cell, CellKind kind) {
    super(spec, kind);
    Map<String, ?> keywords =
        Map.of(
            Cell.SEQUENCE, true, Cell.EVERY_STEP, returnSequences, Cell.BACKWARDS, backwards, Cell.ZERO_FOR_MASK,
            zeroForMask);
    List<TensorSpec> inputs = new ArrayList<>();
    inputs.add(sequence(spec));
    inputs.addAll(stateSpecs);
    plain = spec.body((calls, values) -> calls.call(cell, values, keywords), inputs);
    inputs.add(TensorSpec.of(DType.BOOL, Shape.UNKNOWN, Shape.UNKNOWN));
    masked =
        spec.body(
            (calls, values) -> {
              int last = values.size() - 1;
              Map<String, Object> all = new LinkedHashMap<>(keywords);
              all.put("mask", List.<Value>of(values.get(last)));
              return calls.call(cell, values.subList(0, last), all);
            },
            inputs);
  }

  @Override
  Shape outputRow() {
    return stateSpecs.get(0).shape().slice(1, 2);
  }

  @Override
  public Object prepare(CallSpec call) {
    return new Bindings(states(call.input().shape().first()));
  }

  @Override
  public void forward(Call call) {
    call.prepared(Bindings.class).run(call);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return plain.rowsIndependent();
  }

  /** The tensors of one call as lists. */
  private final class Bindings {
    private final List<TensorSpec> specs;
    private List<Tensor> into = List.of();
    private List<Tensor> from = List.of();

    Bindings(List<TensorSpec> specs) {
      this.specs = specs;
    }

    void run(Call call) {
      Tensor mask = call.mask(0);
      if (into.isEmpty() || into.get(0) != call.input(0)) {
        into = list(call.input(0), call.scratch(0, specs));
        from = list(call.output(0), call.scratch(specs.size(), specs));
        if (mask != null) {
          into.add(mask);
        }
      }
      start(call, into, 1);
      call.run(mask == null ? plain : masked, into, from);
      finish(call, from, 1);
    }

    private static List<Tensor> list(Tensor first, List<Tensor> others) {
      List<Tensor> list = new ArrayList<>();
      list.add(first);
      list.addAll(others);
      return list;
    }
  }
}
