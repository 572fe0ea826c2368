package dev.posthorn.cli.verify;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Json;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a model in one or several forms, its inputs and the outputs that are expected: {@code case.json,
 * input_i.npy, output_i.npy} and the model files of the page on the command line.
 *
 * @param family for the summary; empty if {@code case.json} names none
 * @param rtol its own relative tolerance, if it has one
 * @param refuse whether the model must be refused
 */
record CaseFolder(Path folder, String family, Optional<Double> rtol, Optional<Double> atol, boolean refuse) {
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F'};

  /** The case folders at and below a folder, by name. */
  static List<CaseFolder> below(Path root, CaseFilter filter) {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.getFileName() != null && file.getFileName().toString().equals("case.json"))
          .map(file -> file.toAbsolutePath().normalize().getParent())
          .filter(folder -> filter.accepts(folder.getFileName().toString()))
          .sorted()
          .map(CaseFolder::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CaseFolder read(Path folder) {
    String what = folder.getFileName() + "/case.json";
    Map<String, @Nullable Object> facts;
    try {
      facts = Json.object(Json.parse(Files.readAllBytes(folder.resolve("case.json")), what, Budget.DEFAULT), what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<?, ?> tolerance = facts.get("tolerance") instanceof Map<?, ?> map ? map : Map.of();
    return new CaseFolder(
        folder,
        facts.get("family") instanceof String family ? family : "",
        number(tolerance.get("rtol"), what),
        number(tolerance.get("atol"), what),
        "refuse".equals(facts.get("expect")));
  }

  private static Optional<Double> number(@Nullable Object value, String what) {
    return switch (value) {
      case null -> Optional.empty();
      case Number number -> Optional.of(number.doubleValue());
      default -> throw new InferenceException(
          Reason.INVALID_ARGUMENT, what + ": expected a number as tolerance, got " + value);
    };
  }

  String name() {
    return folder.getFileName().toString();
  }

  /** The files that are to be run: each form that is there, or only a SavedModel or checkpoint if there is one. */
  List<CaseFile> files() {
    List<CaseFile> files = new ArrayList<>();
    Optional<Path> config = refuse ? Optional.empty() : Optional.of(folder.resolve("config.json")).filter(Files::exists);
    if (Files.isDirectory(folder.resolve("saved_model"))) {
      files.add(new CaseFile(folder.resolve("saved_model"), ModelForm.SAVEDMODEL, config));
      return files;
    }
    if (Files.exists(folder.resolve("ckpt.index"))) {
      files.add(new CaseFile(folder.resolve("ckpt.index"), ModelForm.CHECKPOINT, config));
      return files;
    }
    for (String name : List.of("model.keras", "default.keras", "model.h5")) {
      Path whole = folder.resolve(name);
      if (Files.exists(whole)) {
        files.add(new CaseFile(whole, startsAsHdf5(whole) ? ModelForm.H5 : ModelForm.KERAS, Optional.empty()));
      }
    }
    if (Files.isDirectory(folder.resolve("model_dir"))) {
      files.add(new CaseFile(folder.resolve("model_dir"), ModelForm.FOLDER, Optional.empty()));
    }
    if (config.isPresent()) {
      addIfThere(files, "model.weights.h5", ModelForm.WEIGHTS, config);
      addIfThere(files, "weights.h5", ModelForm.WEIGHTS, config);
      addIfThere(files, "sharded.weights.json", ModelForm.SHARDS, config);
    }
    Optional<Path> keras = Optional.of(folder.resolve("model.keras")).filter(Files::exists);
    addIfThere(files, "weights.npz", ModelForm.NPZ, config.or(() -> keras));
    return files;
  }

  private void addIfThere(List<CaseFile> files, String name, ModelForm form, Optional<Path> architecture) {
    if (Files.exists(folder.resolve(name))) {
      files.add(new CaseFile(folder.resolve(name), form, architecture));
    }
  }

  /** {@code prefix_0, prefix_1, ...} as far as there are files of these names, .npy or .json. */
  List<Path> arrays(String prefix) {
    List<Path> arrays = new ArrayList<>();
    while (true) {
      String name = prefix + "_" + arrays.size();
      Optional<Path> next =
          Stream.of(name + ".npy", name + ".json").map(folder::resolve).filter(Files::exists).findFirst();
      if (next.isEmpty()) {
        return arrays;
      }
      arrays.add(next.get());
    }
  }

  /** What the form really is: Keras 2 wrote HDF5 under the name {@code .keras} too. */
  private static boolean startsAsHdf5(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return java.util.Arrays.equals(in.readNBytes(HDF5.length), HDF5);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
