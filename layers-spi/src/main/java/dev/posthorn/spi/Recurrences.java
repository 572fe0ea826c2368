package dev.posthorn.spi;

/**
 * What recurrent cells with sigmoid gates and tanh do between their products, in float32. Each of {@code rows} rows has
 * its gates one behind the other, {@code units} numbers each, in x (the projected input) and in r (the recurrent
 * product), whose sums are what the gates are functions of. States are rows of {@code units} numbers from index 0 on and
 * are replaced. Thread-safe; nothing is allocated.
 */
public interface Recurrences {
  /**
   * One step of an LSTM (Hochreiter and Schmidhuber 1997, with forget gates) in Keras' order of gates, i, f, g, o:
   * c = sigmoid(f) c + sigmoid(i) tanh(g), h = sigmoid(o) tanh(c).
   */
  void lstm(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] c, float[] h);

  /**
   * One step of a GRU (Cho et al. 2014) that resets after the recurrent product, in Keras' order of gates, z, r and the
   * candidate: h = sigmoid(z) h + (1 - sigmoid(z)) tanh(x + sigmoid(r) r) with the candidate's parts of x and r.
   */
  void gru(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] h);
}
