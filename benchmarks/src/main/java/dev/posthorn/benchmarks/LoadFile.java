package dev.posthorn.benchmarks;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.engine.keras.ReadOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How long a model of about 100 MB takes to load, as {@code .keras}, whole-model {@code .h5} and {@code .npz}, beside
 * reading the same file into an array and copying that: the two in turn, 11 times each, the median of the wall times. The
 * files are written when it starts and are in the operating system's cache. Loading ends with the model ready to answer and
 * its SHA-256 known; "without digest" ends before that.
 */
public final class LoadFile {
  private static final int ROUNDS = 11;
  private static final int WARM_UP_ROUNDS = 4;
  private static final int LAYERS = 4;
  private static final int UNITS = 2560;

  private LoadFile() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("posthorn-load");
    try (Engine engine = Engine.builder().threads(1).build()) {
      Files.write(folder.resolve("config.json"), config().getBytes(StandardCharsets.UTF_8));
      System.out.printf(
          "%-22s%8s%12s%12s%18s%8s%n", "file", "MB", "read+copy", "load", "without digest", "ratio");
      measure(engine, keras(folder.resolve("model.keras")));
      measure(engine, h5(folder.resolve("model.h5")));
      measure(engine, npz(folder.resolve("weights.npz")));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static void measure(Engine engine, Path file) throws IOException {
    long[] copies = new long[ROUNDS];
    long[] loads = new long[ROUNDS];
    long[] bare = new long[ROUNDS];
    long check = 0;
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      System.gc();
      long start = System.nanoTime();
      byte[] copy = Files.readAllBytes(file).clone();
      long copied = System.nanoTime() - start;
      check += copy[copy.length / 2];
      copy = new byte[0];
      System.gc();
      start = System.nanoTime();
      Model model = engine.load(ModelFiles.open(file, ReadOptions.defaults()));
      long loaded = System.nanoTime() - start;
      check += model.sha256().length();
      long digested = System.nanoTime() - start;
      model.close();
      if (round >= 0) {
        copies[round] = copied;
        loads[round] = digested;
        bare[round] = loaded;
      }
    }
    double base = median(copies);
    System.out.printf(
        Locale.ROOT,
        "%-22s%8.1f%9.1f ms%9.1f ms%15.1f ms%8.2f%s%n",
        file.getFileName(), Files.size(file) / 1e6, base, median(loads), median(bare), median(loads) / base,
        check == 0 ? " " : "");
  }

  private static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1e6;
  }

  private static String config() {
    StringBuilder layers =
        new StringBuilder(
            "{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"registered_name\":null,\"config\":"
                + "{\"batch_shape\":[null," + UNITS + "],\"dtype\":\"float32\",\"name\":\"x\"}}");
    for (int i = 0; i < LAYERS; i++) {
      layers.append(
          ",{\"module\":\"keras.layers\",\"class_name\":\"Dense\",\"registered_name\":null,\"config\":{\"name\":\"dense_" + i
              + "\",\"trainable\":true,\"dtype\":\"float32\",\"units\":" + UNITS
              + ",\"activation\":\"relu\",\"use_bias\":true}}");
    }
    return "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"registered_name\":\"Sequential\",\"config\":{\"name\":\"m\","
        + "\"trainable\":true,\"dtype\":\"float32\",\"layers\":[" + layers + "]}}";
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (random.nextFloat() - 0.5f) * 0.02f;
    }
    return numbers;
  }

  private static Path npz(Path file) throws IOException {
    Random random = new Random(1);
    Map<String, ArrayTensor> arrays = new LinkedHashMap<>();
    for (int i = 0; i < LAYERS; i++) {
      arrays.put("arr_" + 2 * i, ArrayTensor.of(numbers(random, UNITS * UNITS), UNITS, UNITS));
      arrays.put("arr_" + (2 * i + 1), ArrayTensor.of(numbers(random, UNITS), UNITS));
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      Npz.write(arrays, out);
    }
    return file;
  }

  private static Path keras(Path file) throws IOException {
    Hdf5Writer weights = new Hdf5Writer();
    Random random = new Random(1);
    for (int i = 0; i < LAYERS; i++) {
      String vars = "layers/dense" + (i == 0 ? "" : "_" + i) + "/vars/";
      weights.floats(vars + "0", numbers(random, UNITS * UNITS), UNITS, UNITS);
      weights.floats(vars + "1", numbers(random, UNITS), UNITS);
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      store(zip, "metadata.json", "{\"keras_version\":\"3.15.1\"}".getBytes(StandardCharsets.UTF_8));
      store(zip, "config.json", config().getBytes(StandardCharsets.UTF_8));
      store(zip, "model.weights.h5", weights.bytes());
    }
    return file;
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static Path h5(Path file) throws IOException {
    Hdf5Writer model = new Hdf5Writer();
    Random random = new Random(1);
    model.text("", "model_config", config());
    model.text("", "keras_version", "3.15.1");
    String[] names = new String[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
      names[i] = "dense_" + i;
      String group = "model_weights/" + names[i];
      model.floats(group + "/kernel", numbers(random, UNITS * UNITS), UNITS, UNITS);
      model.floats(group + "/bias", numbers(random, UNITS), UNITS);
      model.text(group, "weight_names", "kernel", "bias");
    }
    model.text("model_weights", "layer_names", names);
    Files.write(file, model.bytes());
    return file;
  }
}
