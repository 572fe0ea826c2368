package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the arrays of the declared weights, checks them before a byte is read, and brings them into their form. */
final class Binder {
  private Binder() {}

  /** Binds everything below a model's root; returns the bytes that are kept. */
  static long bind(LayerScope root, WeightSource source, EngineKernels kernels) {
    switch (source) {
      case WeightSource.ByPath paths -> bindByPath(root, paths);
      case WeightSource.InOrder list -> bindInOrder(root, list);
    }
    return finish(root, kernels);
  }

  private static void bindByPath(LayerScope scope, WeightSource.ByPath source) {
    List<BoundWeight> weights = weights(scope);
    for (int i = 0; i < weights.size(); i++) {
      BoundWeight weight = weights.get(i);
      String vars = scope.childPath("vars/");
      String path = vars + i;
      StoredArray stored =
          source.find(path)
              .or(() -> source.find(vars + weight.name()))
              .orElseThrow(() -> new InferenceException(
                  Reason.MISSING_WEIGHTS,
                  Map.of("layer", scope.fullName(), "expected", path),
                  scope.label() + ": weight '" + weight.name() + "' " + weight.shape()
                      + " is missing: expected at '" + path + "'"));
      read(weight, stored);
    }
    scope.children.forEach(child -> bindByPath(child, source));
  }

  private static void bindInOrder(LayerScope root, WeightSource.InOrder source) {
    List<BoundWeight> wanted = new ArrayList<>();
    collect(root, wanted);
    List<? extends StoredArray> arrays = source.arrays();
    for (int i = 0; i < wanted.size(); i++) {
      BoundWeight weight = wanted.get(i);
      if (i >= arrays.size()) {
        throw new InferenceException(
            Reason.MISSING_WEIGHTS,
            Map.of("expected", Integer.toString(wanted.size()), "actual", Integer.toString(arrays.size())),
            weight.owner() + ": weight '" + weight.name() + "' " + weight.shape() + " is missing: expected "
                + wanted.size() + " arrays, got " + arrays.size());
      }
      read(weight, arrays.get(i));
    }
    if (arrays.size() > wanted.size()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of("expected", Integer.toString(wanted.size()), "actual", Integer.toString(arrays.size())),
          "the model takes " + wanted.size() + " arrays, got " + arrays.size() + ": '"
              + arrays.get(wanted.size()).name() + "' " + arrays.get(wanted.size()).shape() + " is left over");
    }
  }

  /** In the order of get_weights(): a layer's trainable weights, its other ones, then those of the layers inside. */
  private static void collect(LayerScope scope, List<BoundWeight> into) {
    into.addAll(weights(scope));
    scope.children.forEach(child -> collect(child, into));
  }

  private static List<BoundWeight> weights(LayerScope scope) {
    List<BoundWeight> weights = new ArrayList<>(scope.trainable);
    weights.addAll(scope.nonTrainable);
    return weights;
  }

  private static void read(BoundWeight weight, StoredArray stored) {
    if (!stored.shape().equals(weight.shape())) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of(
              "layer", weight.owner(),
              "expected", weight.shape().toString(),
              "actual", stored.shape().toString()),
          weight.owner() + ": weight '" + weight.name() + "': expected shape " + weight.shape() + ", got "
              + stored.shape() + " in '" + stored.name() + "'");
    }
    DType from = stored.dtype();
    DType to = weight.dtype();
    boolean fits = to.isFloating() ? from.isFloating() || from.isInteger() : from == to || from.isInteger() && to.isInteger();
    if (!fits) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of("layer", weight.owner(), "expected", to.kerasName(), "actual", from.kerasName()),
          weight.owner() + ": weight '" + weight.name() + "': expected " + to.kerasName() + ", got "
              + from.kerasName() + " in '" + stored.name() + "'");
    }
    ArrayTensor values = stored.read();
    weight.bind(values.array().getClass() == ArrayTensor.newArray(to, 0).getClass()
        ? ArrayTensor.over(to, weight.shape(), values.array())
        : Conversions.cast(values, to));
  }

  private static long finish(LayerScope scope, EngineKernels kernels) {
    scope.derived.forEach(LateDerived::compute);
    long bytes = 0;
    Set<BoundWeight> packed = new HashSet<>();
    for (LateMatrix matrix : scope.matrices) {
      matrix.pack(kernels);
      bytes += kernels.bytes(matrix.packed());
      packed.add(matrix.weight());
    }
    packed.forEach(BoundWeight::release);
    for (BoundWeight weight : weights(scope)) {
      if (weight.isBound()) {
        bytes += (long) weight.shape().size() * weight.dtype().bytes();
      }
    }
    for (LayerScope child : scope.children) {
      bytes += finish(child, kernels);
    }
    return bytes;
  }
}
