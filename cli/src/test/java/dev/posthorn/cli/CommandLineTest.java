package dev.posthorn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve", "predict", "inspect", "verify", "bench", "load", "models", "record"})
  void helpsWithEveryCommandAndGivesAnExample(String command) {
    Cli help = Cli.run(command, "--help");

    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: posthorn " + command).containsPattern("Examples?:\n  posthorn " + command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "inpsect | unknown command 'inpsect'; did you mean 'inspect'?",
        "predict --inptu x | unknown option '--inptu'; did you mean '--input'?",
        "bench m --batch 1,x | 'x' is not an int",
        "bench m --batch 0 | --batch: expected numbers from 1",
        "verify m --kernels vector51 --input x --expect y | did you mean 'vector512'?",
        "verify --cases . --forms keres | did you mean 'keras'?",
        "verify | MODEL or --cases DIR is missing",
        "inspect | MODEL is missing",
        "predict m | --input is missing",
        "predict m --input x --architecture a --activations relu | give one of them",
        "predict m --input x --server localhost:1 --kernels ejml | --kernels is for a model in process",
        "predict m --input x --server localhost | expected HOST:PORT",
        "models localhost:1 --tls-ca x | --tls-ca is not built yet",
        "load localhost:1 m --token-file x | --token-file is not built yet",
        "record localhost:1 m --input x | record is not built yet",
        "serve --http-port 8501 | --http-port is not built yet",
        "serve --prot 1 | did you mean '--port'?",
        "inspect 9=/nowhere x | unexpected argument 'x'",
        "inspect a/b=/nowhere | model name"
      })
  void refusesWithOneLineAndExitCode2(String arguments, String message) {
    Cli refused = Cli.run((Object[]) arguments.split(" "));

    assertThat(refused.err()).contains(message).startsWith("posthorn: ").hasLineCount(1);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void showsAStackTraceOnlyWithDebug() {
    Cli silent = Cli.run("inspect", "/nowhere/m.keras");
    Cli loud = Cli.run("inspect", "/nowhere/m.keras", "--debug");

    assertThat(silent.code()).isEqualTo(3);
    assertThat(silent.err()).startsWith("posthorn: ").contains("/nowhere/m.keras").hasLineCount(1);
    assertThat(loud.code()).isEqualTo(3);
    assertThat(loud.err()).contains("\tat dev.posthorn");
  }

  @Test
  void saysThatAServerCannotBeReached() {
    Cli unreachable = Cli.run("models", "localhost:1");

    assertThat(unreachable.code()).isEqualTo(4);
    assertThat(unreachable.err()).startsWith("posthorn: ").hasLineCount(1);
  }
}
