package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once lengths were seen, a call allocates nothing. */
class AllocationTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "mlp_33_64_32_1, 1", "mlp_33_64_32_1, 32", "mlp_33_64_32_1, 5000", "trained_digits_cnn, 3", "lstm_var_length, 4",
    "net_transformer_encoder, 2"
  })
  void isZeroOnceCompiled(String name, int rows) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Path folder = GoldenCases.unpack(temporary);
    try (Engine engine = Engine.builder().threads(1).build();
        Model model = GoldenCases.load(engine, folder, name)) {
      engine.warmUpKernels();
      List<ArrayTensor> inputs = GoldenCases.random(model, rows);
      List<ArrayTensor> outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
      long perCall = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 40 && perCall > 0; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 500; i++) {
          model.predict(inputs, outputs, Cancellation.NONE);
        }
        perCall = (threads.getCurrentThreadAllocatedBytes() - before) / 500;
      }
      assertThat(perCall).as("bytes a call").isZero();
    }
  }
}
