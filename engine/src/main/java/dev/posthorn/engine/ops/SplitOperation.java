package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** keras.ops.split, array_split, unstack: parts along an axis, of equal length or cut at given places. */
final class SplitOperation implements Operation {
  private final int axis;
  private final int sections;
  private final int[] cuts;
  private final boolean uneven;
  private final boolean dropAxis;

  private SplitOperation(int axis, int sections, int[] cuts, boolean uneven, boolean dropAxis) {
    this.axis = axis;
    this.sections = sections;
    this.cuts = cuts;
    this.uneven = uneven;
    this.dropAxis = dropAxis;
  }

  static SplitOperation split(LayerSpec spec) {
    return of(spec, spec.config().integer("axis", 0), false);
  }

  /** Parts whose lengths may differ by one. */
  static SplitOperation arraySplit(LayerSpec spec) {
    return of(spec, spec.config().integer("axis", 0), true);
  }

  /** hsplit, vsplit, dsplit: split along a fixed axis. */
  static SplitOperation along(LayerSpec spec, int axis) {
    return of(spec, axis, false);
  }

  private static SplitOperation of(LayerSpec spec, int axis, boolean uneven) {
    int[] given = spec.config().integers("indices_or_sections");
    boolean places = spec.config().value("indices_or_sections") instanceof List<?>;
    return new SplitOperation(axis, places ? 0 : given[0], places ? given : new int[0], uneven, false);
  }

  static SplitOperation unstack(LayerSpec spec) {
    int axis = spec.config().integer("axis", 0);
    int length = spec.input().shape().dim(axis);
    int count = spec.config().integer("num", length);
    if (count == Shape.UNKNOWN) {
      throw spec.error("expected a known length along axis %d, got shape %s", axis, spec.input().shape());
    }
    return new SplitOperation(axis, count, new int[0], false, true);
  }

  /** Where each part begins, and where the last one ends. */
  private int[] borders(CallSpec call, int length) {
    int parts = sections > 0 ? sections : cuts.length + 1;
    int[] borders = new int[parts + 1];
    if (length == Shape.UNKNOWN) {
      return borders;
    }
    if (sections > 0 && !uneven && length % sections != 0) {
      throw call.error("cannot split length %d into %d equal parts", length, sections);
    }
    for (int i = 1; i <= parts; i++) {
      if (sections > 0) {
        borders[i] = borders[i - 1] + length / sections + (i <= length % sections ? 1 : 0);
      } else if (i == parts) {
        borders[i] = length;
      } else {
        int cut = cuts[i - 1] < 0 ? cuts[i - 1] + length : cuts[i - 1];
        borders[i] = Math.max(borders[i - 1], Math.min(cut, length));
      }
    }
    return borders;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    int at = shape.axis(axis);
    int[] borders = borders(call, shape.dim(at));
    List<TensorSpec> parts = new ArrayList<>();
    for (int i = 1; i < borders.length; i++) {
      int length = shape.dim(at) == Shape.UNKNOWN ? Shape.UNKNOWN : borders[i] - borders[i - 1];
      Shape part = shape.with(at, length);
      parts.add(
          call.input().withShape(dropAxis ? part.slice(0, at).append(part.slice(at + 1, part.rank()).dims()) : part));
    }
    return parts;
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().axis(axis) != 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    return borders(call, call.input().shape().dim(axis));
  }

  @Override
  public void forward(Call call) {
    int[] borders = call.prepared(int[].class);
    Tensor input = call.input(0);
    Shape shape = input.shape();
    int at = shape.axis(axis);
    int outer = shape.product(0, at);
    int inner = shape.product(at + 1, shape.rank());
    int stride = shape.dim(at) * inner;
    for (int part = 0; part < call.outputCount(); part++) {
      Object to = RawArray.of(call.output(part));
      int start = borders[part] * inner;
      int length = (borders[part + 1] - borders[part]) * inner;
      for (int row = 0; row < outer; row++) {
        System.arraycopy(RawArray.of(input), row * stride + start, to, row * length, length);
      }
    }
  }
}
