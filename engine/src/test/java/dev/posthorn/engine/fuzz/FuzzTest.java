package dev.posthorn.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed model files give an answer or an InferenceException: {@link Fuzzer} in a JVM of 512 MB. A few thousand in every
 * build, 300,000 with {@code mvn verify -Pfuzz -pl engine -am -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class FuzzTest {
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) mutations of \\d+ models: (\\d+) got past the container, (\\d+) loaded and predicted");
  private static final int SEED = 2016;
  private static final int PER_SECOND = 20;

  @Test
  void answersEveryChangedFile(@TempDir Path folder) throws IOException, InterruptedException {
    int count = Integer.getInteger("fuzz.mutations", 4_000);
    Path log = folder.resolve("log.txt");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Fuzzer.class.getName(),
            Integer.toString(SEED),
            "0",
            Integer.toString(count),
            folder.resolve("work").toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(120 + count / PER_SECOND, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String output = Files.readString(log);
    assertThat(ended).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    String summary = output.lines().reduce((a, b) -> b).orElse("");
    Matcher counts = SUMMARY.matcher(summary);
    assertThat(counts.find()).as(output).isTrue();
    assertThat(Integer.parseInt(counts.group(1))).isEqualTo(count);
    assertThat(Integer.parseInt(counts.group(2))).as(summary).isGreaterThan(count / 2);
    assertThat(Integer.parseInt(counts.group(3))).as(summary).isBetween(count / 10, count * 9 / 10);
    System.out.println(summary);
  }
}
