package dev.posthorn.cli.verify;

import dev.posthorn.cli.files.TensorLists;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Comparison;
import dev.posthorn.spi.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds computed outputs against recorded ones and keeps the worst place. Not thread-safe. */
final class OutputCheck {
  private final double rtol;
  private final double atol;
  private boolean passed = true;
  private double error;
  private FileResult.@Nullable Place worst;

  OutputCheck(double rtol, double atol) {
    this.rtol = rtol;
    this.atol = atol;
  }

  /** Compares the recorded outputs of one call; the types count too. */
  void add(List<Expected> expected, List<ArrayTensor> outputs) {
    for (Expected one : expected) {
      add(one.label(), one.tensor(), outputs.get(one.output()));
    }
  }

  private void add(String label, ArrayTensor expected, ArrayTensor got) {
    if (expected.dtype() != got.dtype()) {
      keep(false, Double.POSITIVE_INFINITY,
          new FileResult.Place(label, List.of(), expected.dtype().kerasName(), got.dtype().kerasName()));
      return;
    }
    Comparison comparison = Comparison.of(expected, got, rtol, atol);
    List<Integer> index = Arrays.stream(comparison.index()).boxed().toList();
    boolean element = expected.shape().equals(got.shape()) && expected.size() > 0;
    int flat = element ? flat(expected, comparison.index()) : -1;
    Object wanted = element ? TensorLists.element(expected, flat) : comparison.expected();
    Object came = element ? TensorLists.element(got, flat) : comparison.got();
    keep(comparison.passed(), comparison.error(), new FileResult.Place(label, index, wanted, came));
  }

  private void keep(boolean good, double itsError, FileResult.Place place) {
    if (worst == null || passed && (!good || itsError > error)) {
      worst = place;
    }
    error = Math.max(error, itsError);
    passed &= good;
  }

  static int flat(ArrayTensor tensor, int[] index) {
    int flat = 0;
    for (int axis = 0; axis < index.length; axis++) {
      flat = flat * tensor.shape().dim(axis) + index[axis];
    }
    return flat;
  }

  boolean passed() {
    return passed;
  }

  /** The result of a file, given the first layer that differs, if one does. */
  FileResult result(String file, String form, LayerCheck.@Nullable Difference layer) {
    if (passed && layer == null) {
      return new FileResult(file, form, Outcome.PASSED, error, worst, null, null, null);
    }
    String outputs = passed ? "the outputs agree" : worst + String.format(Locale.ROOT, " (error %.1e)", error);
    String layers = layer == null ? "" : "; " + layer.message();
    return new FileResult(
        file, form, Outcome.FAILED, error, worst, layer == null ? null : layer.layer(), (Reason) null, outputs + layers);
  }
}
