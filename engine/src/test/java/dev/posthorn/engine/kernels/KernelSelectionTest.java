package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ladder, in processes that lack something each. */
class KernelSelectionTest {
  @Test
  void autoTakesTheWidestVectors() {
    KernelSelection selection = KernelSelection.select("auto");
    assertThat(selection.kernels().name()).startsWith("vector");
    assertThat(selection.note()).isEmpty();
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> KernelSelection.select("gpu"))
        .isInstanceOfSatisfying(
            InferenceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT))
        .hasMessageContaining("vector512").hasMessageContaining("ejml").hasMessageContaining("gpu");
  }

  @Test
  void withoutTheModuleItIsEjmlAndTheFlagIsNamed() throws Exception {
    assertThat(selected(List.of(), "auto")).startsWith("ejml: ").contains("--add-modules=jdk.incubator.vector");
    assertThat(selected(List.of(), "vector256")).startsWith("INVALID_ARGUMENT: ")
        .contains("--add-modules=jdk.incubator.vector").contains("ejml");
    assertThat(selected(List.of(), "ejml")).isEqualTo("ejml:");
  }

  @Test
  void withoutFusedMultiplyAddItIsEjml() throws Exception {
    assertThat(selected(List.of("--add-modules=jdk.incubator.vector", "-XX:-UseFMA"), "auto"))
        .startsWith("ejml: ").contains("UseFMA");
  }

  @Test
  void aWidthThatTheMachineLacksIsRefusedWithThoseItHas() throws Exception {
    List<String> narrow = List.of("--add-modules=jdk.incubator.vector", "-XX:MaxVectorSize=16");
    assertThat(selected(narrow, "auto")).isEqualTo("vector128:");
    assertThat(selected(narrow, "vector512")).startsWith("INVALID_ARGUMENT: ").contains("vector128, ejml");
  }

  private static String selected(List<String> flags, String name) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelSelectionTest.class.getName(), name));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return printed.strip();
  }

  /** What those processes run. */
  public static void main(String[] arguments) {
    try {
      KernelSelection selection = KernelSelection.select(arguments[0]);
      System.out.println(selection.kernels().name() + ": " + selection.note().orElse(""));
    } catch (InferenceException e) {
      System.out.println(e.reason() + ": " + e.getMessage());
    }
  }
}
