package dev.posthorn.spi;

/** A layer that is y = scale x + shift with one pair of numbers for each index of one axis. */
public interface ScaleShift extends Layer {
  /** Bound late, like the weights that it is made of; one number stands for all. */
  float[] scale();

  float[] shift();

  /** The axis; negative ones count from the end. */
  int axis();
}
