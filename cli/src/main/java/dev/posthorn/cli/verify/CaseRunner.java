package dev.posthorn.cli.verify;

import dev.posthorn.cli.files.DataArray;
import dev.posthorn.cli.files.DataFiles;
import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.Sequence;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs case folders through one engine. Thread-safe.
 *
 * @param forms the forms wanted
 * @param rtol where a case has none of its own
 * @param layers whether each case's {@code layers.npz} is compared too
 */
public record CaseRunner(Engine engine, Set<ModelForm> forms, double rtol, double atol, boolean layers) {
  private static final double NANOS = 1e9;

  public CaseRunner {
    forms = Set.copyOf(forms);
  }

  /** The result of a case; empty if it has no file of the forms wanted. */
  Optional<CaseResult> run(CaseFolder folder) {
    List<CaseFile> files = folder.files().stream().filter(file -> forms.contains(file.form())).toList();
    if (files.isEmpty()) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    List<FileResult> results = new ArrayList<>();
    for (CaseFile file : files) {
      results.add(run(folder, file));
    }
    return Optional.of(new CaseResult(folder.name(), folder.family(), (System.nanoTime() - start) / NANOS, results));
  }

  private FileResult run(CaseFolder folder, CaseFile file) {
    String form = file.form().label();
    try {
      ReadOptions options =
          file.architecture().map(ReadOptions.defaults()::withArchitecture).orElse(ReadOptions.defaults());
      Model model;
      try {
        ModelDescription description = ModelFiles.open(file.path(), options);
        model = engine.load(description);
      } catch (InferenceException e) {
        return folder.refuse()
            ? new FileResult(
                file.name(), form, Outcome.PASSED, null, null, null, e.reason(), FileResult.oneLine(e.getMessage()))
            : FileResult.refused(file.name(), form, e);
      }
      try (model) {
        return folder.refuse()
            ? FileResult.failed(file.name(), form, null, "expected to be refused, but it loads")
            : compare(folder, file, model);
      }
    } catch (InferenceException e) {
      return FileResult.failed(file.name(), form, e.reason(), e.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return FileResult.failed(file.name(), form, Reason.INTERNAL, "unexpected " + e);
    }
  }

  private FileResult compare(CaseFolder folder, CaseFile file, Model model) {
    double itsRtol = folder.rtol().orElse(rtol);
    double itsAtol = folder.atol().orElse(atol);
    List<NamedFile> named = new ArrayList<>();
    for (Path input : folder.arrays("input")) {
      named.add(new NamedFile(inputName(model, named.size()), input));
    }
    List<ArrayTensor> inputs = InputFiles.read(named, model.signature()).tensors();
    List<Expected> expected = expected(folder, "output", model);
    OutputCheck check = new OutputCheck(itsRtol, itsAtol);
    if (expected.size() != model.signature().outputs().size()) {
      return FileResult.failed(
          file.name(), file.form().label(), null,
          "expected " + expected.size() + " outputs, the model has " + model.signature().outputs().size());
    }
    Sequence sequence = model.newSequence();
    check.add(expected, predict(model, inputs, sequence));
    List<Expected> second = expected(folder, "second_call_output", model);
    if (!second.isEmpty()) {
      check.add(second, predict(model, inputs, sequence));
    }
    Path recorded = folder.folder().resolve("layers.npz");
    LayerCheck.Difference difference =
        layers && Files.exists(recorded)
            ? LayerCheck.run(model, inputs, Npz.open(recorded, Budget.DEFAULT), itsRtol, itsAtol)
            : null;
    return check.result(file.name(), file.form().label(), difference);
  }

  /** By name: an alias such as input_1 may be the name of another input. */
  private static String inputName(Model model, int index) {
    return index < model.signature().inputs().size() ? model.signature().inputs().get(index).name() : "input_" + index;
  }

  private static List<ArrayTensor> predict(Model model, List<ArrayTensor> inputs, Sequence sequence) {
    if (!model.stateful()) {
      return model.predict(inputs);
    }
    List<ArrayTensor> outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
    model.predict(inputs, outputs, Cancellation.NONE, sequence);
    return outputs;
  }

  private static List<Expected> expected(CaseFolder folder, String prefix, Model model) {
    List<Expected> expected = new ArrayList<>();
    for (Path path : folder.arrays(prefix)) {
      int i = expected.size();
      if (i == model.signature().outputs().size()) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT, path.getFileName() + " is recorded, but the model has only " + i + " outputs");
      }
      var port = model.signature().outputs().get(i);
      NamedFile file = new NamedFile(port.name(), path);
      DataArray array = DataFiles.read(List.of(file), model.signature().outputs(), "output").get(0);
      String label = prefix.equals("output") ? port.name() : port.name() + " of the second call";
      expected.add(new Expected(i, label, array.plain(port)));
    }
    return expected;
  }
}
