package dev.posthorn.cli.bench;

import dev.posthorn.engine.ArrayTensor;
import java.util.ArrayList;
import java.util.List;

/** Cuts batches of any number of rows out of given rows, which repeat. */
public final class Batches {
  private Batches() {}

  /**
   * Rows {@code from, from + 1, ...}, modulo the rows that there are.
   *
   * @throws IllegalArgumentException if there are no rows
   */
  public static List<ArrayTensor> cut(List<ArrayTensor> all, int from, int rows) {
    List<ArrayTensor> batch = new ArrayList<>();
    for (ArrayTensor tensor : all) {
      if (tensor.shape().rank() == 0) {
        batch.add(tensor);
        continue;
      }
      int given = tensor.shape().first();
      if (given == 0) {
        throw new IllegalArgumentException("no rows");
      }
      ArrayTensor cut = ArrayTensor.allocate(tensor.spec().withShape(tensor.shape().with(0, rows)));
      int width = tensor.size() / given;
      for (int row = 0; row < rows; row++) {
        int source = Math.floorMod(from + row, given);
        System.arraycopy(tensor.array(), source * width, cut.array(), row * width, width);
      }
      batch.add(cut);
    }
    return batch;
  }
}
