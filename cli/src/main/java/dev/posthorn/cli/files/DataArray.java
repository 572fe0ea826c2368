package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * An array of a data file, for an input or output that may not be known yet. {@link #name()} is empty where neither the
 * file nor the command line gave one.
 */
public sealed interface DataArray {
  String name();

  NamedFile file();

  DataArray withName(String name);

  /** The array as that input takes it. Type conversions are remembered for {@link Converted#note()}. */
  Converted as(Port port);

  /** As the file has it, where the file knows types; the port's type where it holds only text. */
  ArrayTensor plain(Port port);

  /**
   * A tensor in the type that was asked for.
   *
   * @param note what was converted, if the file had another type
   */
  record Converted(ArrayTensor tensor, Optional<String> note) {}

  /** From {@code .npy} and {@code .npz}, which know types, or from JSON, whose numbers are of no type in particular. */
  record Typed(String name, NamedFile file, ArrayTensor tensor, boolean knowsType) implements DataArray {
    @Override
    public Typed withName(String other) {
      return new Typed(other, file, tensor, knowsType);
    }

    @Override
    public Converted as(Port port) {
      DType from = tensor.dtype();
      DType to = port.spec().dtype();
      if (from == to) {
        return new Converted(tensor, Optional.empty());
      }
      if (tensor.size() == 0) {
        return new Converted(ArrayTensor.allocate(tensor.spec().withDType(to)), Optional.empty());
      }
      ArrayTensor converted = NumberCasts.cast(tensor, to, port.name());
      String note = from.kerasName() + " to " + to.kerasName() + " (input '" + port.name() + "')";
      return new Converted(converted, knowsType ? Optional.of(note) : Optional.empty());
    }

    @Override
    public ArrayTensor plain(Port port) {
      return knowsType || tensor.dtype() == DType.STRING ? tensor : as(port).tensor();
    }
  }

  /** All columns, or some, of a {@code .csv} file. */
  record Columns(String name, NamedFile file, CsvTable table, int[] columns) implements DataArray {
    @Override
    public Columns withName(String other) {
      return new Columns(other, file, table, columns);
    }

    @Override
    public Converted as(Port port) {
      return new Converted(plain(port), Optional.empty());
    }

    @Override
    public ArrayTensor plain(Port port) {
      return table.tensor(columns, port);
    }
  }

  /** Says that an array is not what was expected. */
  static InferenceException malformed(NamedFile file, String message) {
    return new InferenceException(
        Reason.MALFORMED_TENSOR, Map.of("file", file.fileName()), file.fileName() + ": " + message);
  }
}
