package dev.posthorn.engine.fuzz;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.keras.Npy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The models that are changed: of every form that is read, small ones that Keras or TensorFlow wrote. */
final class Seeds {
  /** Of the recorded models every so many, and none larger. */
  private static final int EVERY = 5;

  private static final int LARGEST = 48 << 10;

  private Seeds() {}

  static List<Seed> all() {
    List<Seed> seeds = new ArrayList<>();
    for (String archive : new String[] {"/golden.zip", "/golden-layers.zip"}) {
      int count = 0;
      for (Map.Entry<String, byte[]> file : resource(archive).entrySet()) {
        boolean model = file.getKey().endsWith("/model.keras");
        boolean arrays = file.getKey().endsWith("/weights.npz");
        if ((arrays || model && count++ % EVERY == 0) && file.getValue().length < LARGEST) {
          seeds.add(Seed.file(file.getKey(), file.getValue()));
        }
      }
    }
    resource("/malformed.zip").forEach((name, content) -> {
      if (name.startsWith("ok_hdf5_")) {
        seeds.add(Seed.file(name, content));
      }
    });
    Map<String, byte[]> given = resource("/fuzz-seeds.zip");
    given.forEach((name, content) -> {
      if (name.indexOf('/') < 0) {
        seeds.add(Seed.file(name, content));
        seeds.add(Seed.file(name, content));
      }
    });
    seeds.add(Seed.folder("shards", below(given, "shards/"), "sharded.weights.json", "config.json"));
    seeds.add(Seed.folder("weights", below(given, "weights/"), "model.weights.h5", "config.json"));
    addTensorFlow(seeds);
    addArrays(seeds);
    return seeds;
  }

  private static void addTensorFlow(List<Seed> seeds) {
    Map<String, byte[]> files = resource("/savedmodel.zip");
    List<String> cases = files.keySet().stream().map(f -> f.substring(0, f.indexOf('/'))).distinct().toList();
    for (String name : cases) {
      Map<String, byte[]> model = below(files, name + "/saved_model/");
      if (!model.isEmpty()) {
        byte[] config = name.startsWith("export") ? files.get(name + "/config.json") : null;
        if (config != null) {
          Map<String, byte[]> both = new LinkedHashMap<>();
          model.forEach((path, content) -> both.put("m/" + path, content));
          both.put("config.json", config);
          seeds.add(Seed.folder(name, both, "m", "config.json"));
        } else {
          seeds.add(Seed.folder(name, model, ".", ""));
        }
      } else {
        Map<String, byte[]> checkpoint = new LinkedHashMap<>();
        below(files, name + "/").forEach((path, content) -> {
          if (path.startsWith("ckpt.") || path.equals("config.json")) {
            checkpoint.put(path, content);
          }
        });
        seeds.add(Seed.folder(name, checkpoint, "ckpt.index", "config.json"));
      }
    }
  }

  private static void addArrays(List<Seed> seeds) {
    float[] values = new float[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 7f;
    }
    seeds.add(Seed.file("arrays.npy", Npy.bytes(ArrayTensor.of(values, 12, 5))));
    seeds.add(Seed.file("doubles.npy", Npy.bytes(ArrayTensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3))));
    seeds.add(
        Seed.file(
            "arrays.json",
            "{\"weights\": [[[1, 2.5], [3, 4], [5e-1, 6]], [[1], [2]]], \"biases\": [[0, 1], null], \"activations\": [\"relu\", \"linear\"]}"
                .getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, byte[]> below(Map<String, byte[]> files, String folder) {
    Map<String, byte[]> found = new LinkedHashMap<>();
    files.forEach((path, content) -> {
      if (path.startsWith(folder)) {
        found.put(path.substring(folder.length()), content);
      }
    });
    return found;
  }

  private static Map<String, byte[]> resource(String name) {
    try (InputStream in = Objects.requireNonNull(Seeds.class.getResourceAsStream(name))) {
      return unzip(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of a zip by their name, in the order of the names. */
  static Map<String, byte[]> unzip(byte[] content) {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          files.put(entry.getName(), zip.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
