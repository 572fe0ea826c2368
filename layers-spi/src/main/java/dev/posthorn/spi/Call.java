package dev.posthorn.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One execution of a layer. Belongs to one thread and is valid only during {@link Layer#forward}. */
public interface Call {
  CallSpec spec();

  int inputCount();

  Tensor input(int index);

  int outputCount();

  Tensor output(int index);

  /** The boolean mask of an input, or null. */
  @Nullable Tensor mask(int input);

  /** The mask to write, for {@link Masking#COMPUTE}; null where {@link Layer#maskShape} was null. */
  @Nullable Tensor outputMask();

  /** What {@link Layer#prepare} made for these lengths. */
  <T> T prepared(Class<T> type);

  /** The rows of that state which belong to this batch, to be read and written in place. */
  Tensor state(State state);

  /** Scratch memory of at least that length, not cleared; the same array for the same slot of the same call. */
  float[] floats(int slot, int length);

  double[] doubles(int slot, int length);

  int[] ints(int slot, int length);

  long[] longs(int slot, int length);

  boolean[] booleans(int slot, int length);

  /** A scratch tensor, not cleared; the same one for the same slot and shape. */
  Tensor scratch(int slot, TensorSpec spec);

  /**
   * Scratch tensors in a list, ready for {@link #run}; the same list for the same slots and shapes. They take the slots of
   * {@link #scratch(int, TensorSpec)} from {@code firstSlot} on.
   */
  List<Tensor> scratch(int firstSlot, List<TensorSpec> specs);

  /** Runs a body; the inputs are not changed, the outputs must have the shapes that it gives. */
  void run(Body body, List<Tensor> inputs, List<Tensor> outputs);

  /** Throws if the request was cancelled or its time is over; call it in long loops. */
  void checkCancelled();

  Kernels kernels();
}
