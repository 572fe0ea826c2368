package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;

import dev.posthorn.spi.Recurrences;

/**
 * The steps of recurrent cells by vectors, row by row. What is left of a row behind its whole vectors is copied into a
 * vector of its own for each gate, so that it sees the same arithmetic.
 */
final class VectorRecurrences implements Recurrences {
  private static final Loop[] LSTM = {
    GateLoops::lstmInput, GateLoops::lstmCandidate, GateLoops::lstmState, GateLoops::lstmOutput, GateLoops::lstmResult
  };
  private static final Loop[] GRU = {GateLoops::gruReset, GateLoops::gruCandidate, GateLoops::gruState};

  private final ThreadLocal<Scratch> scratch;

  /** Compiled each by itself; c and h begin at {@code at}, p carries something from one loop to the next. */
  @FunctionalInterface
  private interface Loop {
    void run(float[] x, int xAt, float[] r, int rAt, int gate, int n, float[] c, float[] h, int at, float[] p);
  }

  VectorRecurrences(ThreadLocal<Scratch> scratch) {
    this.scratch = scratch;
  }

  @Override
  public void lstm(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] c, float[] h) {
    run(LSTM, 4, rows, units, x, xFrom, r, rFrom, c, h);
  }

  @Override
  public void gru(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] h) {
    run(GRU, 3, rows, units, x, xFrom, r, rFrom, h, h);
  }

  private void run(
      Loop[] loops, int gates, int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] c, float[] h) {
    Scratch memory = scratch.get();
    float[] p = memory.row(units);
    int left = units % COUNT;
    int whole = units - left;
    for (int row = 0; row < rows; row++) {
      int xAt = xFrom + row * gates * units;
      int rAt = rFrom + row * gates * units;
      int at = row * units;
      for (Loop loop : loops) {
        loop.run(x, xAt, r, rAt, units, whole, c, h, at, p);
      }
      if (left > 0) {
        tail(loops, gates, units, left, x, xAt + whole, r, rAt + whole, c, h, at + whole, memory);
      }
    }
  }

  private static void tail(
      Loop[] loops, int gates, int units, int left, float[] x, int xAt, float[] r, int rAt, float[] c, float[] h,
      int at, Scratch memory) {
    float[] tails = memory.gates();
    float[] state = memory.lanes();
    float[] output = memory.secondLanes();
    for (int gate = 0; gate < gates; gate++) {
      System.arraycopy(x, xAt + gate * units, tails, gate * COUNT, left);
      System.arraycopy(r, rAt + gate * units, tails, (gates + gate) * COUNT, left);
    }
    System.arraycopy(c, at, state, 0, left);
    System.arraycopy(h, at, output, 0, left);
    for (Loop loop : loops) {
      loop.run(tails, 0, tails, gates * COUNT, COUNT, COUNT, state, output, 0, memory.row(COUNT));
    }
    System.arraycopy(state, 0, c, at, left);
    System.arraycopy(output, 0, h, at, left);
  }
}
