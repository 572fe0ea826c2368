package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The engine computes what Keras computed. Cases with plug-ins or string inputs are run by the command line's tests. */
class GoldenModelsTest {
  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> agreesWithKerasOnTheDefaultKernels() {
    return cases("auto");
  }

  @TestFactory
  Stream<DynamicTest> agreesWithKerasOnTheReferenceKernels() {
    return cases("ejml");
  }

  private Stream<DynamicTest> cases(String kernels) {
    Path folder = GoldenCases.unpack(temporary);
    Engine engine = Engine.builder().kernels(kernels).threads(1).build();
    List<String> names =
        GoldenCases.names(folder).stream()
            .filter(n -> !n.startsWith("custom_") && Files.exists(folder.resolve(n).resolve("input_0.npy")))
            .toList();
    assertThat(names).hasSizeGreaterThan(150);
    return names.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> check(engine, folder, name)))
        .onClose(engine::close);
  }

  private static void check(Engine engine, Path folder, String name) {
    try (Model model = GoldenCases.load(engine, folder, name)) {
      List<ArrayTensor> expected = GoldenCases.tensors(folder, name, "output");
      List<ArrayTensor> got = model.predict(GoldenCases.inputs(model, folder, name));
      assertThat(got).hasSameSizeAs(expected);
      for (int i = 0; i < got.size(); i++) {
        Comparison comparison = Comparison.of(expected.get(i), got.get(i), Example.RTOL, Example.ATOL);
        assertThat(comparison.passed()).as("%s output %d: %s", name, i, comparison).isTrue();
      }
    }
  }
}
