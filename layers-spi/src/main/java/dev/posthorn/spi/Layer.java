package dev.posthorn.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer, ready to compute. Immutable: the same object serves many threads at once, so a call's scratch memory comes
 * from the {@link Call}.
 */
public interface Layer {
  /**
   * Types and shapes of the outputs. Called while loading, with unknown lengths as {@link Shape#UNKNOWN}, and again for
   * each set of lengths that arrives.
   *
   * @throws InferenceException INVALID_MODEL or INVALID_INPUT_SHAPE ({@link CallSpec#error}) if the inputs do not fit
   */
  List<TensorSpec> outputs(CallSpec call);

  /** Computes the outputs, which are allocated but not cleared. Must not keep anything of the call. */
  void forward(Call call);

  /**
   * What {@link #forward} needs and depends only on shapes and arguments, such as strides: made once for each set of
   * lengths, handed out by {@link Call#prepared}.
   */
  default @Nullable Object prepare(CallSpec call) {
    return null;
  }

  /**
   * Whether row i of every output depends on row i of the inputs only, axis 0 being the batch in all of them. Only then
   * are requests joined and large batches split. The arguments of a call can decide it: a sum over axis 1 keeps rows
   * apart, one over axis 0 mixes them.
   */
  default boolean rowsIndependent(CallSpec call) {
    return false;
  }

  /** What becomes of the mask of the first input. */
  default Masking masking() {
    return Masking.DROP;
  }

  /** Shape of the boolean mask of output 0, for {@link Masking#COMPUTE}; null: none for this call. */
  default @Nullable Shape maskShape(CallSpec call) {
    return null;
  }

  /** Whether the layer can compute in that floating type; a model that asks for another is refused by name. */
  default boolean supports(DType dtype) {
    return dtype == DType.FLOAT32;
  }

  /** Whether integer and boolean inputs are cast to the layer's type before it sees them. */
  default boolean castsInputs() {
    return false;
  }
}
