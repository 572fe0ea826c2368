package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InspectCommandTest {
  @Test
  void showsInputsLayersAndThePlan() {
    Cli cli = Cli.run("inspect", file("mlp_33_64_32_1", "model.keras"));

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("float32[?, 33]", "Dense", "2,176", "4,289", "STEP (");
  }

  @Test
  void writesTheReportAsJson() {
    Cli cli = Cli.run("inspect", "--json", file("mlp_33_64_32_1", "model.keras"), "--kernels", "ejml");

    assertThat(cli.code()).as(cli.err()).isZero();
    Map<String, Object> report = cli.json();
    assertThat(report)
        .containsEntry("schema", "posthorn.inspect/1")
        .containsEntry("name", "model")
        .containsEntry("format", "keras")
        .containsEntry("supported", true)
        .containsEntry("problems", List.of())
        .containsEntry("parameters", 4289L)
        .containsEntry("stateful", false)
        .containsEntry("rows_independent", true)
        .containsEntry("flops_per_row", 8384L);
    assertThat(report.get("sha256").toString()).matches("[0-9a-f]{64}");
    assertThat(((Map<?, ?>) ((List<?>) report.get("inputs")).get(0)).get("shape")).isEqualTo(List.of(-1L, 33L));
    assertThat(((Map<?, ?>) report.get("plan")).get("kernels")).isEqualTo("ejml");
  }

  @Test
  void namesEveryProblemOfAModelThatIsNotSupported() {
    Cli cli = Cli.run("inspect", file("custom_activation", "model.keras"), "--json", "-");

    assertThat(cli.code()).isEqualTo(3);
    assertThat(cli.err()).startsWith("posthorn: ").contains("snake").hasLineCount(1);
    assertThat(cli.json()).containsEntry("supported", false);
    Map<?, ?> problem = (Map<?, ?>) ((List<?>) cli.json().get("problems")).get(0);
    assertThat(problem.get("message").toString()).contains("snake");
  }
}
