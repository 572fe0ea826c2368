package dev.posthorn.spi;

import java.util.List;

/** One use of a layer: the inputs' types and shapes, and the other arguments of the call. */
public interface CallSpec {
  /** All tensors of the call in order of appearance, positional ones first. */
  List<TensorSpec> inputs();

  default TensorSpec input() {
    return inputs().get(0);
  }

  /** Whether that input comes with a mask. */
  boolean hasMask(int input);

  /** An argument by position (0 is the first) or keyword, whichever the file used; {@link Argument#ABSENT} if neither. */
  Argument argument(int position, String name);

  /** The index of the tensor given for that keyword; -1 if none. */
  int indexOf(String keyword);

  /** The keyword arguments that are constants. */
  Config arguments();

  /** An error that begins with the layer and says that an input does not fit. */
  InferenceException error(String message, Object... values);
}
