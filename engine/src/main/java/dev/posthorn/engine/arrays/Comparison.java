package dev.posthorn.engine.arrays;

/** Comparisons and logical functions of two numbers over whole arrays. Zero is false, anything else is true. */
public enum Comparison {
  EQUAL,
  NOT_EQUAL,
  GREATER,
  GREATER_EQUAL,
  LESS,
  LESS_EQUAL,
  LOGICAL_AND,
  LOGICAL_OR,
  LOGICAL_XOR;

  /** y = f(a, b) for the first n elements of float[], double[] or long[]. */
  public void apply(Object a, Object b, boolean[] y, int n) {
    switch (a) {
      case float[] x -> {
        float[] z = (float[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = at(x[i], z[i]);
        }
      }
      case double[] x -> {
        double[] z = (double[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = at(x[i], z[i]);
        }
      }
      case long[] x -> {
        long[] z = (long[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = at(x[i], z[i]);
        }
      }
      case String[] x -> {
        String[] z = (String[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = x[i].equals(z[i]) == (this == EQUAL);
        }
      }
      default -> throw new IllegalArgumentException(a.getClass().getSimpleName());
    }
  }

  private boolean at(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case GREATER -> a > b;
      case GREATER_EQUAL -> a >= b;
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case LOGICAL_AND -> a != 0 && b != 0;
      case LOGICAL_OR -> a != 0 || b != 0;
      case LOGICAL_XOR -> a != 0 != (b != 0);
    };
  }

  private boolean at(long a, long b) {
    return switch (this) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case GREATER -> a > b;
      case GREATER_EQUAL -> a >= b;
      case LESS -> a < b;
      case LESS_EQUAL -> a <= b;
      case LOGICAL_AND -> a != 0 && b != 0;
      case LOGICAL_OR -> a != 0 || b != 0;
      case LOGICAL_XOR -> a != 0 != (b != 0);
    };
  }
}
