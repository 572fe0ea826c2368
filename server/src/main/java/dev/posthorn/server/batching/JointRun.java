package dev.posthorn.server.batching;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Model;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** Several jobs computed as one batch: rows behind one another, then taken apart again. */
final class JointRun {
  private final Model model;
  private final ArrayPool arrays;

  JointRun(Model model, ArrayPool arrays) {
    this.model = model;
    this.arrays = arrays;
  }

  /** The outputs of each job, in the order of the jobs. */
  List<List<ArrayTensor>> compute(List<Job> jobs) {
    int rows = jobs.stream().mapToInt(Job::rows).sum();
    List<ArrayTensor> inputs = new ArrayList<>();
    for (int i = 0; i < jobs.get(0).inputs().size(); i++) {
      inputs.add(join(jobs, i, rows));
    }
    List<ArrayTensor> outputs = model.outputSpecs(inputs).stream().map(arrays::tensor).toList();
    model.predict(inputs, outputs, allCancelled(jobs));
    List<List<ArrayTensor>> parts = split(jobs, outputs, rows);
    inputs.forEach(arrays::give);
    outputs.forEach(arrays::give);
    return parts;
  }

  private ArrayTensor join(List<Job> jobs, int index, int rows) {
    TensorSpec first = jobs.get(0).inputs().get(index).spec();
    ArrayTensor joined = arrays.tensor(first.withShape(first.shape().with(0, rows)));
    int from = 0;
    for (Job job : jobs) {
      ArrayTensor part = job.inputs().get(index);
      System.arraycopy(part.array(), 0, joined.array(), from, part.size());
      from += part.size();
    }
    return joined;
  }

  private List<List<ArrayTensor>> split(List<Job> jobs, List<ArrayTensor> outputs, int rows) {
    List<List<ArrayTensor>> parts = new ArrayList<>();
    int row = 0;
    for (Job job : jobs) {
      List<ArrayTensor> own = new ArrayList<>();
      for (ArrayTensor output : outputs) {
        if (output.shape().rank() == 0 || output.shape().first() != rows) {
          throw new IllegalStateException("a joint batch of " + rows + " rows gave " + output);
        }
        int width = rows == 0 ? 0 : output.size() / rows;
        ArrayTensor part = arrays.tensor(output.spec().withShape(output.shape().with(0, job.rows())));
        System.arraycopy(output.array(), row * width, part.array(), 0, part.size());
        own.add(part);
      }
      parts.add(own);
      row += job.rows();
    }
    return parts;
  }

  /** A joint run is given up only when nobody wants it any more. */
  private static Cancellation allCancelled(List<Job> jobs) {
    return () -> {
      RuntimeException last = null;
      for (Job job : jobs) {
        try {
          job.cancellation().check();
          return;
        } catch (RuntimeException e) {
          last = e;
        }
      }
      if (last != null) {
        throw last;
      }
    };
  }
}
