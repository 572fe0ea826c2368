package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  @Test
  void measuresEveryBatchSizeAndEveryLayer() {
    Cli cli =
        Cli.run("bench", file("mlp_33_64_32_1", "model.keras"), "--batch", "1,8", "--seconds", "0.2", "--json", "-");

    assertThat(cli.code()).as(cli.err()).isZero();
    Map<String, Object> report = cli.json();
    assertThat(report).containsEntry("schema", "posthorn.bench/1").containsEntry("threads", 1L);
    assertThat((Double) report.get("peak_gflops")).isPositive();
    List<?> results = (List<?>) report.get("results");
    assertThat(results).hasSize(2);
    Map<?, ?> eight = (Map<?, ?>) results.get(1);
    assertThat(eight.get("batch")).isEqualTo(8L);
    assertThat((Double) eight.get("seconds")).isBetween(0.2, 1.0);
    assertThat((Double) eight.get("gflops")).isPositive().isLessThan((Double) report.get("peak_gflops"));
    assertThat(eight.get("bytes_allocated_per_call")).isEqualTo(0L);
    List<?> layers = (List<?>) eight.get("layers");
    assertThat(layers).hasSize(4);
    assertThat((Double) ((Map<?, ?>) layers.get(1)).get("gflops")).isPositive();
  }

  @Test
  void keepsIntegersAndStringsInTheTablesOfTheModel() {
    Cli cli =
        Cli.run(
            "bench", file("lookup_string_embedding_dense", "model.keras"), "--batch", "4", "--seconds", "0.05");

    assertThat(cli.code()).as(cli.err()).isZero();
  }
}
