package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a model from data files.
 *
 * @param tensors in the model's order and types
 * @param conversions such as {@code float64 to float32 (input 'x')}
 */
public record InputFiles(List<ArrayTensor> tensors, List<String> conversions) {
  public InputFiles {
    tensors = List.copyOf(tensors);
    conversions = List.copyOf(conversions);
  }

  /**
   * Reads and converts; numbers of any type become the input's.
   *
   * @throws dev.posthorn.spi.InferenceException as {@link Signature#bind(List)}, and MALFORMED_TENSOR
   */
  public static InputFiles read(List<NamedFile> files, Signature signature) {
    List<DataArray> arrays = DataFiles.read(files, signature.inputs(), "input");
    arrays.forEach(array -> signature.inputIndex(array.name()));
    List<Signature.Named> named = new ArrayList<>();
    List<String> conversions = new ArrayList<>();
    for (DataArray array : arrays) {
      DataArray.Converted converted = array.as(signature.inputs().get(signature.inputIndex(array.name())));
      named.add(new Signature.Named(array.name(), converted.tensor()));
      converted.note().ifPresent(conversions::add);
    }
    return new InputFiles(signature.bind(named), conversions);
  }
}
