package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Models of one layer or operation each compute what Keras computed, and a row's bits do not depend on its company. */
class GoldenLayersTest {
  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> agreeWithKerasRowByRowToo() {
    Path folder = GoldenCases.unpack("/golden-layers.zip", temporary);
    Engine engine = Engine.builder().threads(1).build();
    List<String> names = GoldenCases.names(folder);
    assertThat(names).hasSizeGreaterThan(300);
    return names.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> check(engine, folder, name)))
        .onClose(engine::close);
  }

  private static void check(Engine engine, Path folder, String name) {
    try (Model model = GoldenCases.load(engine, folder, name)) {
      List<ArrayTensor> expected = GoldenCases.tensors(folder, name, "output");
      List<ArrayTensor> inputs = GoldenCases.inputs(model, folder, name);
      List<ArrayTensor> got = model.predict(inputs);
      assertThat(got).hasSameSizeAs(expected);
      for (int i = 0; i < got.size(); i++) {
        Comparison comparison = Comparison.of(expected.get(i), got.get(i), Example.RTOL, Example.ATOL);
        assertThat(comparison.passed()).as("%s output %d: %s", name, i, comparison).isTrue();
      }
      boolean anyBatch = model.signature().inputs().stream().allMatch(port -> port.spec().shape().first() < 0);
      if (model.rowsIndependent() && anyBatch) {
        checkLastRow(model, inputs, got);
      }
    }
  }

  private static void checkLastRow(Model model, List<ArrayTensor> inputs, List<ArrayTensor> together) {
    int last = inputs.get(0).shape().first() - 1;
    List<ArrayTensor> alone = new ArrayList<>();
    inputs.forEach(input -> alone.add(row(input, last)));
    List<ArrayTensor> got = model.predict(alone);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i).array()).as("output %d", i).isEqualTo(row(together.get(i), last).array());
    }
  }

  private static ArrayTensor row(ArrayTensor tensor, int row) {
    int size = tensor.size() / tensor.shape().first();
    Object array = ArrayTensor.newArray(tensor.dtype(), size);
    System.arraycopy(tensor.array(), row * size, array, 0, size);
    return ArrayTensor.over(tensor.dtype(), tensor.shape().with(0, 1), array);
  }
}
