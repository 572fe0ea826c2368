package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import java.util.Arrays;

/**
 * The way of a {@link Cell} along a whole sequence (batch, time, features). One matrix product projects the inputs of as
 * many steps as a cache holds; then these steps follow one another, all rows at once.
 */
record SequenceLoop(int batch, int time, int features, boolean everyStep, boolean backwards, boolean zeroForMask) {
  private static final int BLOCK_FLOATS = 32 * 1024;
  private static final int GATHERED = Cell.FREE_SLOT;
  private static final int LAST = Cell.FREE_SLOT + 1;
  private static final int SAVED = Cell.FREE_SLOT + 2;

  static SequenceLoop of(CallSpec call) {
    Shape input = call.input().shape();
    return new SequenceLoop(
        input.first(), input.dim(1), input.last(), Cell.flag(call, Cell.EVERY_STEP), Cell.flag(call, Cell.BACKWARDS),
        Cell.flag(call, Cell.ZERO_FOR_MASK));
  }

  /** Writes the last or all outputs; outputs 1, 2, ... hold the states and go along. */
  void run(Call call, Cell cell) {
    Tensor y = call.output(0);
    Tensor mask = call.mask(0);
    int size = batch * cell.units;
    float[] last = mask == null ? call.output(1).floats() : everyStep ? call.floats(LAST, size) : y.floats();
    if (mask != null || time == 0) {
      Arrays.fill(last, 0, size, 0);
    }
    int block = Math.clamp(BLOCK_FLOATS / Math.max(1, batch * cell.width), 1, Math.max(1, time));
    for (int done = 0; done < time; done += block) {
      int count = Math.min(block, time - done);
      int first = backwards ? time - done - count : done;
      float[] projected = project(call, cell, first, count);
      for (int i = done; i < done + count; i++) {
        call.checkCancelled();
        int t = backwards ? time - 1 - i : i;
        int from = (t - first) * batch * cell.width;
        if (mask == null) {
          cell.advance(call, projected, from, batch);
        } else {
          advanceMasked(call, cell, projected, from, mask.booleans(), t, last);
        }
        if (everyStep) {
          scatter(last, cell.units, i, y.floats());
        }
      }
    }
    if (!everyStep && last != y.floats()) {
      System.arraycopy(last, 0, y.floats(), 0, size);
    }
  }

  /** The projected inputs of some steps, all rows of the first step before those of the second. */
  private float[] project(Call call, Cell cell, int first, int count) {
    float[] x = call.input(0).floats();
    int from = first * features;
    if (batch > 1) {
      x = gather(x, first, count, call.floats(GATHERED, count * batch * features));
      from = 0;
    }
    return cell.project(call, x, from, count * batch);
  }

  private float[] gather(float[] x, int first, int count, float[] steps) {
    for (int row = 0; row < batch; row++) {
      int from = (row * time + first) * features;
      for (int t = 0; t < count; t++) {
        System.arraycopy(x, from + t * features, steps, (t * batch + row) * features, features);
      }
    }
    return steps;
  }

  private void scatter(float[] result, int units, int i, float[] y) {
    for (int row = 0; row < batch; row++) {
      System.arraycopy(result, row * units, y, (row * time + i) * units, units);
    }
  }

  /** A masked row keeps its states; its output is the one before, or zero. */
  private void advanceMasked(
      Call call, Cell cell, float[] projected, int from, boolean[] mask, int t, float[] last) {
    int units = cell.units;
    for (int state = 0; state < cell.states; state++) {
      float[] values = call.output(1 + state).floats();
      System.arraycopy(values, 0, call.floats(SAVED + state, batch * units), 0, batch * units);
    }
    cell.advance(call, projected, from, batch);
    for (int row = 0; row < batch; row++) {
      int at = row * units;
      if (mask[row * time + t]) {
        System.arraycopy(call.output(1).floats(), at, last, at, units);
        continue;
      }
      for (int state = 0; state < cell.states; state++) {
        float[] saved = call.floats(SAVED + state, batch * units);
        System.arraycopy(saved, at, call.output(1 + state).floats(), at, units);
      }
      if (zeroForMask) {
        Arrays.fill(last, at, at + units, 0);
      }
    }
  }
}
