package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the arrays of the declared weights, checks all of them before a byte is read, and brings each from the file into its
 * form.
 */
final class Binder {
  private Binder() {}

  /** Binds everything below a model's root; returns the bytes that are kept. */
  static long bind(LayerScope root, WeightSource source, EngineKernels kernels) {
    switch (source) {
      case WeightSource.ByPath paths -> bindByPath(root, paths);
      case WeightSource.ByLayer layers -> bindByLayer(root, layers);
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

  private static void bindByLayer(LayerScope root, WeightSource.ByLayer source) {
    bindAll(weights(root), source.ofModel(), root.label());
    for (LayerScope layer : root.children) {
      List<BoundWeight> trainable = new ArrayList<>();
      List<BoundWeight> others = new ArrayList<>();
      split(layer, isTrainable(root), trainable, others);
      trainable.addAll(others);
      Optional<List<StoredArray>> stored = source.find(layer.name());
      if (!trainable.isEmpty() || layer.instance != null) {
        bindAll(trainable, named(trainable, stored.orElse(List.of())), layer.label());
      }
    }
  }

  /**
   * Arrays in the order of the weights where their names say it beyond doubt: some releases wrote beta before gamma, and
   * a kernel with adapters comes after its bias. Else as they are.
   */
  private static List<StoredArray> named(List<BoundWeight> wanted, List<StoredArray> arrays) {
    Map<String, StoredArray> byName = new HashMap<>();
    for (StoredArray array : arrays) {
      String last = array.name().substring(array.name().lastIndexOf('/') + 1);
      byName.put(last.endsWith(":0") ? last.substring(0, last.length() - 2) : last, array);
    }
    List<StoredArray> ordered = new ArrayList<>();
    for (BoundWeight weight : wanted) {
      StoredArray array = byName.remove(weight.name());
      if (array == null) {
        return arrays;
      }
      ordered.add(array);
    }
    return ordered.size() == arrays.size() ? ordered : arrays;
  }

  /** A layer that is frozen, or inside a frozen one, has no trainable weights. */
  private static void split(
      LayerScope scope, boolean aroundTrainable, List<BoundWeight> trainable, List<BoundWeight> others) {
    boolean isTrainable = aroundTrainable && isTrainable(scope);
    (isTrainable ? trainable : others).addAll(scope.trainable);
    others.addAll(scope.nonTrainable);
    scope.children.forEach(child -> split(child, isTrainable, trainable, others));
  }

  private static boolean isTrainable(LayerScope scope) {
    return !Boolean.FALSE.equals(scope.config().raw().get("trainable"));
  }

  private static void bindInOrder(LayerScope root, WeightSource.InOrder source) {
    List<BoundWeight> wanted = new ArrayList<>();
    collect(root, wanted);
    bindAll(wanted, source.arrays(), "the model");
  }

  private static void bindAll(List<BoundWeight> wanted, List<? extends StoredArray> arrays, String taker) {
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
          taker + " takes " + wanted.size() + " arrays, got " + arrays.size() + ": '"
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
    weight.bind(stored);
  }

  private static long finish(LayerScope scope, EngineKernels kernels) {
    scope.derived.forEach(LateDerived::compute);
    long bytes = 0;
    Set<BoundWeight> packed = new HashSet<>();
    for (LateMatrix matrix : scope.matrices) {
      boolean once = scope.matrices.stream().filter(other -> other.weight() == matrix.weight()).count() == 1;
      if (once && matrix.weight().isStreamable()) {
        matrix.stream(kernels);
      } else {
        matrix.pack(kernels);
      }
      bytes += kernels.bytes(matrix.packed());
      packed.add(matrix.weight());
    }
    packed.forEach(BoundWeight::release);
    for (BoundWeight weight : weights(scope)) {
      weight.settle();
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
