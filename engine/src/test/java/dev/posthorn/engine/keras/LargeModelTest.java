package dev.posthorn.engine.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading needs little memory beside the weights: less than a copy of them would take. */
class LargeModelTest {
  private static final int UNITS = 2900;
  private static final long WEIGHTS = 4L * UNITS * UNITS + 4L * UNITS;
  private static final int SPARE_MEGABYTES = 26;
  private static final String CONFIG =
      """
      {"module": "keras", "class_name": "Sequential", "registered_name": "Sequential", "config": {"name": "m", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
         "config": {"batch_shape": [null, %1$d], "dtype": "float32", "name": "x"}},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": null,
         "config": {"name": "dense", "dtype": "float32", "units": %1$d, "activation": "relu", "use_bias": true}}]}}
      """
          .formatted(UNITS);

  @TempDir Path folder;

  @BeforeEach
  void writeArchitecture() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG, StandardCharsets.UTF_8);
  }

  private String loadInChild(Path file, String kernels) throws IOException, InterruptedException {
    long megabytes = (WEIGHTS >> 20) + SPARE_MEGABYTES;
    assertThat(megabytes << 20).isLessThan(2 * WEIGHTS);
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "--add-modules=jdk.incubator.vector",
                "-cp", System.getProperty("java.class.path"),
                LargeModel.class.getName(), file.toString(), kernels)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readString(log);
  }

  @Test
  void fitsWithItsHdf5IntoAHeapThatHoldsNoTwoCopies() throws Exception {
    Path file = folder.resolve("m.weights.h5");
    Files.write(
        file,
        new Hdf5Builder()
            .floats("layers/dense/vars/0", new float[UNITS * UNITS], UNITS, UNITS)
            .floats("layers/dense/vars/1", new float[UNITS], UNITS)
            .build());
    assertThat(loadInChild(file, "auto")).contains("loaded ").doesNotContain("OutOfMemory");
  }

  @Test
  void fitsWithItsNpzIntoAHeapThatHoldsNoTwoCopies() throws Exception {
    Path file = folder.resolve("m.npz");
    Map<String, ArrayTensor> arrays = new LinkedHashMap<>();
    arrays.put("arr_0", ArrayTensor.of(new float[UNITS * UNITS], UNITS, UNITS));
    arrays.put("arr_1", ArrayTensor.of(new float[UNITS], UNITS));
    try (OutputStream out = Files.newOutputStream(file)) {
      Npz.write(arrays, out);
    }
    assertThat(loadInChild(file, "ejml")).contains("loaded " + WEIGHTS).doesNotContain("OutOfMemory");
  }
}
