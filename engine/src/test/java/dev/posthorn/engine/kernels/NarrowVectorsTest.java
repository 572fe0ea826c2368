package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.posthorn.spi.Function;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Vectors narrower than the machine's own. Each width has a process to itself: where C2 sees vectors of several widths
 * in one process, it no longer knows which it has in hand, and none is fast.
 */
class NarrowVectorsTest {
  @ParameterizedTest
  @ValueSource(strings = {"vector256", "vector128"})
  void computeAsTheOthersDo(String name) throws Exception {
    String preferred = KernelSelection.select("auto").kernels().name();
    assumeTrue(name.length() < preferred.length() || name.compareTo(preferred) < 0, "narrower than " + preferred);
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-cp", System.getProperty("java.class.path"),
            NarrowVectorsTest.class.getName(), name)
        .redirectErrorStream(true)
        .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
  }

  /**
   * What those processes run: the tests of what is computed, on kernels of that name. How well C2 keeps vectors in registers
   * that are not of the preferred width differs from run to run.
   */
  public static void main(String[] arguments) throws Exception {
    EngineKernels kernels = KernelSelection.select(arguments[0]).kernels();
    assertThat(kernels.name()).isEqualTo(arguments[0]);
    AgreementTest agreement = new AgreementTest();
    agreement.affineOfAnyShapeAgrees(kernels);
    agreement.affineOfLongSumsAgrees(kernels);
    agreement.multiplyOfAnyShapeAgrees(kernels);
    agreement.softmaxOfAnyLengthAgrees(kernels);
    ImageKernelsTest images = new ImageKernelsTest();
    images.convolutionsOfAnyShapeAgree(kernels);
    images.depthwiseConvolutionsOfAnyShapeAgree(kernels);
    images.poolingOfAnyShapeAgrees(kernels);
    images.arithmeticOnChannelsAgrees(kernels);
    RecurrencesTest recurrences = new RecurrencesTest();
    recurrences.stepsOfAnLstmAgree(kernels);
    recurrences.stepsOfAGruAgree(kernels);
    FunctionTest functions = new FunctionTest();
    functions.ofSpecialNumbersAreRight(kernels);
    for (Function f : Function.values()) {
      functions.areWithinTwoUlpOr2e7(kernels, f);
    }
    RowBitsTest bits = new RowBitsTest();
    bits.affineGivesARowTheSameBitsInEveryBatch(kernels);
    bits.multiplyGivesARowTheSameBitsInEveryBatch(kernels);
    bits.functionsGiveANumberTheSameBitsAtEveryPlace(kernels);
    bits.bitsAreTheSameInterpretedAndAfterManyCalls(kernels);
  }
}
