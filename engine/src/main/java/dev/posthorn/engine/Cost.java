package dev.posthorn.engine;

import java.util.List;

/** What a batch costs: a fixed part and a part for each row, measured. */
record Cost(double fixedNanos, double nanosPerRow) {
  private static final int FEW = 1;
  private static final int MANY = 32;
  private static final int RUNS = 500;
  private static final long ENOUGH_NANOS = 40_000_000;

  static Cost measure(Model model, int... rows) {
    for (int count : rows) {
      time(model, count, 2);
    }
    double few = time(model, FEW, RUNS);
    double many = time(model, MANY, RUNS);
    double perRow = Math.max(0, (many - few) / (MANY - FEW));
    return new Cost(Math.max(0, few - perRow * FEW), perRow);
  }

  long nanos(int rows) {
    return (long) (fixedNanos + nanosPerRow * rows);
  }

  /** The fastest of several runs of zeros, in nanoseconds. */
  private static double time(Model model, int rows, int runs) {
    List<ArrayTensor> inputs =
        model.signature().inputs().stream()
            .map(p -> ArrayTensor.allocate(p.spec().withShape(p.spec().shape().with(0, rows))))
            .toList();
    List<ArrayTensor> outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
    long best = Long.MAX_VALUE;
    long begin = System.nanoTime();
    for (int i = 0; i < runs && (i < 2 || System.nanoTime() - begin < ENOUGH_NANOS); i++) {
      long start = System.nanoTime();
      model.predict(inputs, outputs, Cancellation.NONE);
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }
}
