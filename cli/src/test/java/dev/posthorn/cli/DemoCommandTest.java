package dev.posthorn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void showsPredictionsTheDifferenceFromKerasAndTheSpeed() {
    Cli cli = Cli.run("demo", "--kernels", "ejml");

    assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .contains("trained_iris: 30 rows in 4 messages", "-> virginica", "rows per second")
        .containsPattern("largest difference from Keras over all models: \\d\\.\\de-0[6-9]");
  }

  @Test
  void saysThatTheSampleModelsAreMissing() {
    var err = new java.io.ByteArrayOutputStream();
    var stream = new java.io.PrintStream(err, true, java.nio.charset.StandardCharsets.UTF_8);

    int code = Main.run(new Console(stream, stream, false), "/nowhere", "demo");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8)).contains("/nowhere/examples/models");
  }
}
