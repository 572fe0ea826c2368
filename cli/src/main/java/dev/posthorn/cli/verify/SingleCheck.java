package dev.posthorn.cli.verify;

import dev.posthorn.cli.files.DataArray;
import dev.posthorn.cli.files.DataFiles;
import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Conversions;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.spi.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model against files that somebody recorded.
 *
 * @param expected of some or all outputs; a float or integer type other than the model's is converted first
 * @param layers recorded outputs of the layers, if they are compared
 */
public record SingleCheck(
    Model model, List<NamedFile> inputs, List<NamedFile> expected, @Nullable Path layers, double rtol, double atol) {
  private static final double NANOS = 1e9;

  /** Runs it as a case of one file. */
  public CaseResult run(String file) {
    long start = System.nanoTime();
    List<ArrayTensor> tensors = InputFiles.read(inputs, model.signature()).tensors();
    List<Expected> recorded = recorded();
    OutputCheck check = new OutputCheck(rtol, atol);
    check.add(recorded, model.predict(tensors));
    LayerCheck.Difference difference =
        layers == null ? null : LayerCheck.run(model, tensors, Npz.open(layers, Budget.DEFAULT), rtol, atol);
    FileResult result = check.result(file, model.format(), difference);
    return new CaseResult(model.name(), "", (System.nanoTime() - start) / NANOS, List.of(result));
  }

  private List<Expected> recorded() {
    List<Expected> recorded = new ArrayList<>();
    for (DataArray array : DataFiles.read(expected, model.signature().outputs(), "output")) {
      int index = model.signature().outputIndex(array.name());
      Port port = model.signature().outputs().get(index);
      recorded.add(new Expected(index, port.name(), inKind(array.plain(port), port.spec().dtype())));
    }
    return recorded;
  }

  private static ArrayTensor inKind(ArrayTensor tensor, DType to) {
    DType from = tensor.dtype();
    boolean sameKind = from.isFloating() && to.isFloating() || from.isInteger() && to.isInteger();
    return from != to && sameKind ? Conversions.cast(tensor, to) : tensor;
  }
}
