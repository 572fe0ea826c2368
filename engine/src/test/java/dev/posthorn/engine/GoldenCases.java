package dev.posthorn.engine;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Models that real Keras wrote, with inputs and the outputs that it computed; unpacked once for a test class. */
final class GoldenCases {
  private GoldenCases() {}

  /** Unpacks the cases of whole models into a folder. */
  static Path unpack(Path into) {
    return unpack("/golden.zip", into);
  }

  /** Unpacks the cases of an archive among the test resources into a folder. */
  static Path unpack(String archive, Path into) {
    try (InputStream raw = Objects.requireNonNull(GoldenCases.class.getResourceAsStream(archive));
        ZipInputStream zip = new ZipInputStream(raw)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = into.resolve(entry.getName()).normalize();
        if (file.startsWith(into) && !entry.isDirectory()) {
          Files.createDirectories(Objects.requireNonNull(file.getParent()));
          Files.copy(zip, file);
        }
      }
      return into;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> Objects.requireNonNull(p.getFileName()).toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Model load(Engine engine, Path folder, String name) {
    return engine.load(ModelFiles.open(folder.resolve(name).resolve("model.keras"), ReadOptions.defaults()));
  }

  /** {@code input_0.npy, input_1.npy, ...}, or outputs alike. */
  static List<ArrayTensor> tensors(Path folder, String name, String kind) {
    List<ArrayTensor> found = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path file = folder.resolve(name).resolve(kind + "_" + i + ".npy");
      if (!Files.exists(file)) {
        return found;
      }
      found.add(Npy.read(file, Budget.DEFAULT));
    }
  }

  /** A case's inputs in the order of the signature. */
  static List<ArrayTensor> inputs(Model model, Path folder, String name) {
    List<ArrayTensor> given = tensors(folder, name, "input");
    List<Signature.Named> named = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      // By name: an alias such as input_1 may be the name of another input.
      named.add(new Signature.Named(model.signature().inputs().get(i).name(), given.get(i)));
    }
    return model.signature().bind(named);
  }

  /** Seeded inputs of that many rows; unknown lengths are 6, integers stay between 1 and 4. */
  static List<ArrayTensor> random(Model model, int rows) {
    SplittableRandom random = new SplittableRandom(42);
    List<ArrayTensor> inputs = new ArrayList<>();
    for (Port port : model.signature().inputs()) {
      int[] dims = port.spec().shape().dims();
      dims[0] = rows;
      for (int i = 1; i < dims.length; i++) {
        dims[i] = dims[i] == Shape.UNKNOWN ? 6 : dims[i];
      }
      ArrayTensor tensor = ArrayTensor.allocate(port.spec().dtype(), dims);
      for (int i = 0; i < tensor.size(); i++) {
        if (port.spec().dtype() == DType.FLOAT32) {
          tensor.floats()[i] = (float) random.nextDouble(-2, 2);
        } else {
          tensor.ints()[i] = random.nextInt(1, 5);
        }
      }
      inputs.add(tensor);
    }
    return inputs;
  }
}
