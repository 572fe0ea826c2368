package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Models that Keras 2.12, 2.15, tf_keras and early Keras 3 wrote, in every form that they were written in. */
class GoldenLegacyTest {
  private static final List<String> WHOLE = List.of("model.keras", "model.h5", "default.keras");
  private static final List<String> WEIGHTS = List.of("weights.h5", "model.weights.h5");

  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> agreeWithKerasInEveryForm() {
    Path folder = GoldenCases.unpack("/golden-legacy.zip", temporary);
    Engine engine = Engine.builder().threads(1).build();
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : GoldenCases.names(folder)) {
      for (String file : files(folder.resolve(name))) {
        tests.add(DynamicTest.dynamicTest(name + " " + file, () -> check(engine, folder, name, file)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(100);
    return tests.stream().onClose(engine::close);
  }

  private static List<String> files(Path folder) {
    List<String> files = new ArrayList<>(WHOLE);
    if (Files.exists(folder.resolve("config.json"))) {
      files.addAll(WEIGHTS);
    }
    return files.stream().filter(file -> Files.exists(folder.resolve(file))).toList();
  }

  private static void check(Engine engine, Path folder, String name, String file) {
    Path path = folder.resolve(name).resolve(file);
    ReadOptions options =
        WHOLE.contains(file)
            ? ReadOptions.defaults()
            : ReadOptions.defaults().withArchitecture(path.resolveSibling("config.json"));
    try (Model model = engine.load(ModelFiles.open(path, options))) {
      List<ArrayTensor> expected = GoldenCases.tensors(folder, name, "output");
      List<ArrayTensor> got = model.predict(inputs(model, folder, name));
      assertThat(got).hasSameSizeAs(expected).isNotEmpty();
      for (int i = 0; i < expected.size(); i++) {
        Comparison comparison = Comparison.of(expected.get(i), got.get(i), Example.RTOL, Example.ATOL);
        assertThat(comparison.passed()).as("%s %s output %d: %s", name, file, i, comparison).isTrue();
      }
    }
  }

  private static List<ArrayTensor> inputs(Model model, Path folder, String name) {
    return name.equals("keras2_212_string_lookup_adapted")
        ? List.of(ArrayTensor.of(new String[] {"x", "zed", "ä", "none"}, 2, 2))
        : GoldenCases.inputs(model, folder, name);
  }
}
