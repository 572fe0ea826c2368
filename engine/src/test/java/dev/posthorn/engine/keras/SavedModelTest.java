package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Comparison;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Example;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.tensorflow.SortedTable;
import dev.posthorn.engine.keras.tensorflow.Span;
import dev.posthorn.engine.keras.tensorflow.TensorBundle;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SavedModels and checkpoints that TensorFlow 2.12 to 2.21 wrote. */
class SavedModelTest {
  @TempDir Path folder;

  @BeforeEach
  void unpack() throws IOException {
    try (InputStream in = SavedModelTest.class.getResourceAsStream("/savedmodel.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(entry.isDirectory() ? file : file.getParent());
        if (!entry.isDirectory()) {
          Files.write(file, zip.readAllBytes());
        }
      }
    }
  }

  private static byte[] bytes(Path file) {
    return FileBytes.copy(FileBytes.read(file, Budget.DEFAULT));
  }

  private Path index(String name) {
    Path checkpoint = folder.resolve(name).resolve("ckpt.index");
    return Files.exists(checkpoint) ? checkpoint : folder.resolve(name).resolve("saved_model/variables/variables.index");
  }

  private static TensorBundle bundle(Path index) {
    String base = index.getFileName().toString().replace(".index", "");
    return TensorBundle.open(
        Span.of(bytes(index)), new BundleShards(index.getParent(), base), base, Budget.DEFAULT);
  }

  @Test
  void findsEveryArrayThatTensorFlowWrote() throws IOException {
    List<Path> cases;
    try (Stream<Path> found = Files.list(folder)) {
      cases = found.sorted().toList();
    }
    assertThat(cases).hasSize(18);
    for (Path each : cases) {
      Path index = index(each.getFileName().toString());
      TensorBundle bundle = bundle(index);
      List<ArrayTensor> read =
          SortedTable.read(Span.of(bytes(index)), "index", Budget.DEFAULT).keySet().stream()
              .filter(key -> key.endsWith("VARIABLE_VALUE"))
              .map(key -> new BundleArray(bundle.find(key).orElseThrow()).read())
              .toList();
      Map<String, StoredArray> expected = Npz.open(each.resolve("weights.npz"), Budget.DEFAULT);
      assertThat(expected).isNotEmpty();
      for (StoredArray array : expected.values()) {
        ArrayTensor tensor = array.read();
        assertThat(read)
            .as("%s %s", each.getFileName(), array.name())
            .anyMatch(other -> other.spec().equals(tensor.spec()) && equal(other, tensor));
      }
    }
  }

  private static boolean equal(ArrayTensor a, ArrayTensor b) {
    return java.util.Objects.deepEquals(a.array(), b.array());
  }

  private void assertComputes(String name, ReadOptions options, Path model) {
    Path own = folder.resolve(name);
    try (Engine engine = Engine.builder().kernels("ejml").threads(1).build();
        Model loaded = engine.load(ModelFiles.open(model, options))) {
      List<ArrayTensor> inputs = arrays(own, "input");
      List<ArrayTensor> got = loaded.predict(inputs);
      List<ArrayTensor> expected = arrays(own, "output");
      assertThat(got).hasSameSizeAs(expected);
      for (int i = 0; i < got.size(); i++) {
        Comparison comparison = Comparison.of(expected.get(i), got.get(i), Example.RTOL, Example.ATOL);
        assertThat(comparison.passed()).as("%s: %s", name, comparison).isTrue();
      }
    }
  }

  private static List<ArrayTensor> arrays(Path own, String kind) {
    List<ArrayTensor> arrays = new ArrayList<>();
    for (int i = 0; Files.exists(own.resolve(kind + "_" + i + ".npy")); i++) {
      arrays.add(Npy.read(own.resolve(kind + "_" + i + ".npy"), Budget.DEFAULT));
    }
    return arrays;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "savedmodel_212_cnn_bn",
        "savedmodel_212_lstm",
        "savedmodel_212_mlp",
        "savedmodel_212_tf_ops",
        "savedmodel_215_embedding_mask",
        "savedmodel_215_mlp",
        "savedmodel_215_nested",
        "savedmodel_tfk221_mha",
        "savedmodel_tfk221_multi_io"
      })
  void computesWhatTensorFlowComputed(String name) {
    assertComputes(name, ReadOptions.defaults(), folder.resolve(name).resolve("saved_model"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ckpt_212_mlp", "ckpt_215_cnn_bn", "ckpt_tfk221_lstm"})
  void putsCheckpointsIntoTheArchitectureBesideThem(String name) {
    assertComputes(name, ReadOptions.defaults(), folder.resolve(name).resolve("ckpt.index"));
  }

  @Test
  void findsVocabulariesThatLayersLearned() {
    for (String name : List.of("savedmodel_212_string_lookup", "savedmodel_215_string_lookup_adapted")) {
      ModelDescription model = ModelFiles.open(folder.resolve(name).resolve("saved_model"), ReadOptions.defaults());
      assertThat(Vocabularies.areMissing(model.root())).as(name).isFalse();
    }
    ModelDescription text =
        ModelFiles.open(folder.resolve("savedmodel_215_text_vectorization/saved_model"), ReadOptions.defaults());
    assertThat(Vocabularies.areMissing(text.root())).isFalse();
  }

  @Test
  void takesTheVariablesOfAnExportInOrderIfAnArchitectureIsGiven() {
    for (String name : List.of("export_k315_cnn", "export_k315_mlp")) {
      Path model = folder.resolve(name).resolve("saved_model");
      assertRefused(
          () -> ModelFiles.open(model, ReadOptions.defaults()),
          Reason.UNSUPPORTED,
          "without Keras' metadata",
          "model.save(\"model.keras\")",
          "--architecture");
      assertComputes(name, ReadOptions.defaults().withArchitecture(folder.resolve(name).resolve("config.json")), model);
    }
  }

  @Test
  void noticesEveryChangedByteOfAnIndexAndOfTheArraysThatAreRead() throws IOException {
    byte[] good = bytes(index("ckpt_215_cnn_bn"));
    for (int at = 0; at < good.length - 48; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      assertRefused(
          () -> SortedTable.read(Span.of(bad), "x.index", Budget.DEFAULT), Reason.INVALID_MODEL, "x.index is no valid");
    }
    Path data = folder.resolve("ckpt_215_cnn_bn/ckpt.data-00000-of-00001");
    byte[] arrays = Files.readAllBytes(data);
    arrays[5] ^= 1;
    Files.write(data, arrays);
    TensorBundle bundle = bundle(index("ckpt_215_cnn_bn"));
    String key = "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE";
    assertRefused(
        () -> new BundleArray(bundle.find(key).orElseThrow()).read(), Reason.INVALID_MODEL, key, "checksum");
    Files.write(data, java.util.Arrays.copyOf(arrays, 3));
    assertRefused(() -> new BundleArray(bundle.find(key).orElseThrow()).read(), Reason.INVALID_MODEL, "truncated");
    Files.delete(data);
    assertRefused(
        () -> new BundleArray(bundle.find(key).orElseThrow()).read(),
        Reason.MISSING_WEIGHTS,
        "there is no file ckpt.data-00000-of-00001");
  }

  @Test
  void followsNoLinkOutOfTheFolder() throws IOException {
    Path outside = Files.move(folder.resolve("export_k315_mlp/saved_model/saved_model.pb"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("export_k315_mlp/saved_model/saved_model.pb"), outside);
    assertRefused(
        () -> ModelFiles.open(folder.resolve("export_k315_mlp/saved_model"), ReadOptions.defaults()),
        Reason.INVALID_MODEL,
        "saved_model.pb",
        "a link that leads out of the folder");
  }
}
