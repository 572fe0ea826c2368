package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** A question about each number: bool. */
record TestOperation(Question question) implements Operation {
  /** What is asked. */
  enum Question {
    IS_NAN,
    IS_INF,
    IS_FINITE,
    IS_NEG_INF,
    IS_POS_INF,
    IS_REAL,
    SIGN_BIT,
    NOT;

    private boolean of(double x) {
      return switch (this) {
        case IS_NAN -> Double.isNaN(x);
        case IS_INF -> Double.isInfinite(x);
        case IS_FINITE -> Double.isFinite(x);
        case IS_NEG_INF -> x == Double.NEGATIVE_INFINITY;
        case IS_POS_INF -> x == Double.POSITIVE_INFINITY;
        case IS_REAL -> true;
        case SIGN_BIT -> Double.doubleToRawLongBits(x) < 0;
        case NOT -> x == 0;
      };
    }
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withDType(DType.BOOL));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0;
  }

  @Override
  public void forward(Call call) {
    int n = call.input(0).size();
    double[] x = call.doubles(0, n);
    Casting.run(RawArray.of(call.input(0)), n, x, DType.FLOAT64);
    boolean[] y = call.output(0).booleans();
    for (int i = 0; i < n; i++) {
      y[i] = question.of(x[i]);
    }
  }
}
