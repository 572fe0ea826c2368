package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KerasArchiveTest {
  private static final String MLP = "mlp_33_64_32_1/model.keras";

  private static ModelDescription open(String name) {
    return ModelFiles.open(Golden.file(name), ReadOptions.defaults());
  }

  private static ModelDescription open(byte[] content) {
    return ModelFiles.open(content, ReadOptions.defaults().withName("m"));
  }

  private static WeightSource.ByPath weights(ModelDescription model) {
    return (WeightSource.ByPath) model.weights();
  }

  private static byte[] member(String file, String name) {
    return FileBytes.copy(ZipArchive.open(Golden.content(file), file, Budget.DEFAULT).find(name).orElseThrow());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsArchitectureVersionAndWeights() {
    ModelDescription model = open(MLP);
    assertThat(model.name()).isEqualTo("model");
    assertThat(model.format()).isEqualTo("keras");
    assertThat(model.kerasVersion()).isEqualTo(KerasVersion.of("3.15.1"));
    assertThat(model.sha256()).hasSize(64);
    assertThat(model.root()).containsEntry("class_name", "Sequential");
    StoredArray kernel = weights(model).find("layers/dense/vars/0").orElseThrow();
    assertThat(kernel.shape()).isEqualTo(Shape.of(33, 64));
    ArrayTensor expected = Npz.open(Golden.file("mlp_33_64_32_1/weights.npz"), Budget.DEFAULT).get("arr_0").read();
    assertThat(kernel.read().floats()).isEqualTo(expected.floats());
  }

  @Test
  void findsWeightsByExactPathOnly() {
    WeightSource.ByPath weights = weights(open(MLP));
    assertThat(weights.hasGroup("layers/dense_1")).isTrue();
    assertThat(weights.hasGroup("layers/dense_9")).isFalse();
    assertThat(weights.hasGroup("layers/dense/vars/0")).isFalse();
    assertThat(weights.find("layers/dense/vars/7")).isEmpty();
    assertThat(weights.find("layers/dense/vars/0/x")).isEmpty();
    assertThat(weights.layerName("layers/dense_2")).hasValue("dense_2");
    assertRefused(() -> weights.find("layers/dense"), Reason.INVALID_MODEL, "expected an array, got a group");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip_shuffle_fletcher", "lzf", "big_endian"})
  void readsOtherLayoutsOfTheSameWeights(String layout) {
    WeightSource.ByPath weights = weights(open("hdf5/" + layout + ".keras"));
    Map<String, StoredArray> expected = Npz.open(Golden.file("mlp_33_64_32_1/weights.npz"), Budget.DEFAULT);
    for (int i = 0; i < 6; i++) {
      String path = "layers/dense" + (i < 2 ? "" : "_" + i / 2) + "/vars/" + i % 2;
      assertThat(weights.find(path).orElseThrow().read().floats()).isEqualTo(expected.get("arr_" + i).read().floats());
    }
  }

  @Test
  void readsBfloat16() {
    StoredArray kernel = weights(open("bfloat16_mlp/model.keras")).find("layers/dense/vars/0").orElseThrow();
    assertThat(kernel.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(kernel.read().floats()[0]).isEqualTo(-0.25195312f);
  }

  @Test
  void findsAssets() {
    ModelDescription model = open("lookup_string_assets/model.keras");
    String path = "layers/string_lookup/vocabulary.txt";
    assertThat(new String(model.assets().find(path).orElseThrow(), StandardCharsets.UTF_8)).contains("\n");
    assertThat(model.assets().find("../config.json")).isEmpty();
  }

  @Test
  void readsAFolderAsTheFileThatItWas(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("assets/layers/x"));
    for (String name : new String[] {"config.json", "metadata.json", "model.weights.h5"}) {
      Files.write(folder.resolve(name), member(MLP, name));
    }
    Files.writeString(folder.resolve("assets/layers/x/v.txt"), "a");
    assertThat(ModelFiles.isModelFolder(folder)).isTrue();
    ModelDescription model = ModelFiles.open(folder, ReadOptions.defaults());
    assertThat(model.format()).isEqualTo("folder");
    assertThat(model.root()).isEqualTo(open(MLP).root());
    assertThat(weights(model).find("layers/dense_2/vars/1")).isPresent();
    assertThat(model.assets().find("layers/x/v.txt")).hasValue(text("a"));
    assertThat(model.assets().find("../config.json")).isEmpty();
    assertThat(model.assets().find("layers/../../config.json")).isEmpty();
    assertThat(model.assets().find("/etc/passwd")).isEmpty();
    Files.delete(folder.resolve("model.weights.h5"));
    assertRefused(() -> ModelFiles.open(folder, ReadOptions.defaults()), Reason.INVALID_MODEL, "has no weights");
  }

  @Test
  void readsPlainNumpyWeightsAndRefusesPickledOnes() {
    Map<String, ArrayTensor> arrays = new LinkedHashMap<>();
    arrays.put("layers/dense/vars/0", ArrayTensor.of(new float[33 * 64], 33, 64));
    byte[] file =
        ZipArchiveTest.zip("config.json", member(MLP, "config.json"), "model.weights.npz", Npz.bytes(arrays));
    WeightSource.ByPath weights = weights(open(file));
    assertThat(weights.hasGroup("layers/dense")).isTrue();
    assertThat(weights.hasGroup("layers/den")).isFalse();
    assertThat(weights.find("layers/dense/vars/0").orElseThrow().shape()).isEqualTo(Shape.of(33, 64));
    byte[] pickle = Npy.bytes(ArrayTensor.of(new String[] {"ab"}));
    String header = new String(pickle, StandardCharsets.ISO_8859_1).replace("'<U2'", "'|O' ");
    byte[] pickled = ZipArchiveTest.zip("layers/dense/vars.npy", header.getBytes(StandardCharsets.ISO_8859_1));
    byte[] other = ZipArchiveTest.zip("config.json", member(MLP, "config.json"), "model.weights.npz", pickled);
    assertRefused(() -> open(other), Reason.UNSUPPORTED, "layers/dense/vars of model.weights.npz of m", "pickled");
  }

  @Test
  void readsZipsOfKerasTwo() {
    byte[] file =
        ZipArchiveTest.zip(
            "metadata.json",
            text("{\"keras_version\": \"2.15.0\"}"),
            "config.json",
            member(MLP, "config.json"),
            "model.weights.h5",
            member(MLP, "model.weights.h5"));
    ModelDescription model = open(file);
    assertThat(model.kerasVersion()).isEqualTo(new KerasVersion(2, 15, 0));
    assertThat(weights(model).find("layers/dense/vars/0")).isPresent();
  }

  @Test
  void refusesMissingAndMalformedParts() {
    byte[] config = member(MLP, "config.json");
    byte[] weights = member(MLP, "model.weights.h5");
    assertRefused(() -> open(ZipArchiveTest.zip("model.weights.h5", weights)), Reason.INVALID_MODEL, "no config.json");
    assertRefused(() -> open(ZipArchiveTest.zip("config.json", config)), Reason.INVALID_MODEL, "no weights");
    assertRefused(
        () -> open(ZipArchiveTest.zip("config.json", text("null"), "model.weights.h5", weights)),
        Reason.INVALID_MODEL,
        "config.json of m: expected an object, got null");
    assertRefused(
        () -> open(ZipArchiveTest.zip("config.json", config, "model.weights.h5", text("hello"))),
        Reason.INVALID_MODEL,
        "model.weights.h5 of m is not an HDF5 file");
    assertRefused(
        () -> open(ZipArchiveTest.zip("config.json", config, "model.weights.h5", Arrays.copyOf(weights, 15_000))),
        Reason.INVALID_MODEL,
        "truncated HDF5 file: expected " + weights.length + " bytes, got 15000");
    String deep = "{\"class_name\":\"Sequential\",\"config\":" + "[".repeat(600) + "]".repeat(600) + "}";
    assertRefused(
        () -> open(ZipArchiveTest.zip("config.json", text(deep), "model.weights.h5", weights)),
        Reason.TOO_LARGE,
        "json-depth");
  }

  @Test
  void namesThePlaceOfAMalformedLayer() {
    byte[] weights = member(MLP, "model.weights.h5");
    String config = new String(member(MLP, "config.json"), StandardCharsets.UTF_8);
    assertRefused(
        () -> open(changed(config, "\"name\": \"dense_1\"", "\"name\": \"dense\"", weights)),
        Reason.INVALID_MODEL,
        "config.layers[2]",
        "two layers are named 'dense'");
    assertRefused(
        () -> open(changed(config, "\"name\": \"dense_1\"", "\"name\": 3", weights)),
        Reason.INVALID_MODEL,
        "config.layers[2].name: expected a text, got 3");
    assertRefused(
        () -> open(changed(config, "\"layers\": [", "\"layers\": [7, ", weights)),
        Reason.INVALID_MODEL,
        "config.layers[0]: expected an object, got 7");
    assertRefused(
        () -> open(changed(config, "\"layers\": [", "\"levels\": [", weights)),
        Reason.INVALID_MODEL,
        "config.layers: expected a list, got null");
    Budget two = new Budget(1 << 20, 200, 512, 2, 100);
    assertRefused(
        () -> ModelFiles.open(Golden.file(MLP), ReadOptions.defaults().withBudget(two)),
        Reason.TOO_LARGE,
        "--limit nodes");
  }

  private static byte[] changed(String config, String from, String to, byte[] weights) {
    assertThat(config).contains(from);
    return ZipArchiveTest.zip("config.json", text(config.replace(from, to)), "model.weights.h5", weights);
  }

  @Test
  void followsNoLinksAndBelievesNoDeclaredSize() {
    String path = "layers/dense/vars/0";
    for (String link : new String[] {"soft_link_loop", "external_link"}) {
      WeightSource.ByPath weights = weights(open("hdf5/" + link + ".keras"));
      assertRefused(() -> weights.find(path), Reason.INVALID_MODEL, path, "links are not followed");
      assertThat(weights.find("layers/dense_1/vars/0")).isPresent();
    }
    WeightSource.ByPath huge = weights(open("hdf5/dataset_declares_2tib.keras"));
    assertRefused(() -> huge.find(path), Reason.INVALID_MODEL, path, "8589934592");
  }

  @Test
  void answersDamagedHdf5WithOneExceptionOnly() {
    for (String source : new String[] {MLP, "hdf5/lzf.keras", "hdf5/gzip_shuffle_fletcher.keras"}) {
      byte[] whole = member(source, "model.weights.h5");
      Random random = new Random(11);
      for (int round = 0; round < 1_000; round++) {
        byte[] damaged = whole.clone();
        for (int i = 0; i < 8; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
        }
        try {
          Hdf5Weights weights = Hdf5Weights.open(Content.of(damaged), "w.h5", Budget.DEFAULT);
          for (String layer : new String[] {"dense", "dense_1", "dense_2"}) {
            weights.layerName("layers/" + layer);
            weights.find("layers/" + layer + "/vars/0").ifPresent(StoredArray::read);
            weights.find("layers/" + layer + "/vars/1").ifPresent(StoredArray::read);
          }
        } catch (InferenceException e) {
          assertThat(e.getMessage()).contains("w.h5");
        }
      }
    }
  }

  @Test
  void refusesOtherFormsByName(@TempDir Path folder) throws IOException {
    byte[] index = {0, 0, 0x57, (byte) 0xfb, (byte) 0x80, (byte) 0x8b, 0x24, 0x75, 0x47, (byte) 0xdb};
    assertRefused(() -> open(index), Reason.INVALID_MODEL, "the index of a TensorFlow checkpoint", "X.data-*");
    Files.write(folder.resolve("saved_model.pb"), new byte[3]);
    assertRefused(() -> ModelFiles.open(folder, ReadOptions.defaults()), Reason.UNSUPPORTED, "SavedModel");
    assertRefused(() -> open(new byte[0]), Reason.INVALID_MODEL, "an empty file");
    assertRefused(() -> open(text("<html>")), Reason.INVALID_MODEL, "HTML");
    assertRefused(() -> open(text("version https://git-lfs.github.com/spec/v1")), Reason.INVALID_MODEL, "git lfs pull");
    assertRefused(() -> open(new byte[] {(byte) 0x80, 4, 0}), Reason.INVALID_MODEL, "pickle");
    assertRefused(
        () -> ModelFiles.open(folder.resolve("none.keras"), ReadOptions.defaults()), Reason.INVALID_MODEL, "there is no file");
  }

  @Test
  void replacesNamedLayers() {
    ReadOptions options = ReadOptions.defaults().withReplace(Map.of("dense_1", "MyPackage>halve"));
    Map<String, Object> root = ModelFiles.open(Golden.file(MLP), options).root();
    Map<String, Object> layer =
        Json.object(Json.list(Json.object(root.get("config"), "config").get("layers"), "layers").get(2), "layer");
    assertThat(layer).containsEntry("registered_name", "MyPackage>halve").containsEntry("class_name", "halve");
    assertThat(Json.object(layer.get("config"), "config").keySet()).containsExactlyInAnyOrder("name", "trainable", "dtype");
    assertRefused(
        () -> ModelFiles.open(Golden.file(MLP), ReadOptions.defaults().withReplace(Map.of("dense1", "x"))),
        Reason.INVALID_MODEL,
        "no layer 'dense1' to replace; did you mean 'dense'?");
  }
}
