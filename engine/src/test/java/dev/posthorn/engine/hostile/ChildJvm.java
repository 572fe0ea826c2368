package dev.posthorn.engine.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A JVM that read a folder of models with {@link ReadInChild}, and what the flight recorder saw it do.
 *
 * @param filesRead other than those of the JDK and the class path
 * @param filesWritten other than the outcomes
 */
record ChildJvm(
    int exitCode, String log, List<Outcome> outcomes, List<String> filesRead, List<String> filesWritten) {
  private static final long HANGS_AFTER_SECONDS = 120;

  /** Reads all models of a folder in a new JVM; {@code place} is a folder for its own files. */
  static ChildJvm read(Path models, Path place, String... options) throws IOException, InterruptedException {
    Path work = Files.createDirectories(place.resolve("work"));
    Path results = place.resolve("outcomes.txt");
    Path recording = place.resolve("events.jfr");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Djava.io.tmpdir=" + work);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(
        List.of(ReadInChild.class.getName(), models.toString(), results.toString(), recording.toString()));
    Path log = place.resolve("log.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(HANGS_AFTER_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("it hangs at " + Files.readAllLines(results).getLast() + "\n" + Files.readString(log));
    }
    List<Outcome> outcomes = new ArrayList<>();
    List<String> lines = Files.readAllLines(results);
    for (String line : lines) {
      if (!line.startsWith("BEGIN\t") && !line.equals("END")) {
        outcomes.add(Outcome.parse(line));
      }
    }
    if (!lines.getLast().equals("END")) {
      throw new AssertionError("it died at " + lines.getLast() + "\n" + Files.readString(log));
    }
    List<String> read = new ArrayList<>();
    List<String> written = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      switch (event.getEventType().getName()) {
        case "jdk.FileRead" -> add(read, event, results);
        case "jdk.FileWrite" -> add(written, event, results);
        default -> { }
      }
    }
    try (var left = Files.walk(work)) {
      left.filter(Files::isRegularFile).forEach(file -> written.add(file.toString()));
    }
    return new ChildJvm(process.exitValue(), Files.readString(log), outcomes, read, written);
  }

  private static void add(List<String> files, RecordedEvent event, Path results) {
    String file = event.getString("path");
    boolean ofProgram =
        file.startsWith(System.getProperty("java.home"))
            || file.endsWith(".jar")
            || file.endsWith(".class")
            || file.contains("META-INF/services")
            || file.equals(results.toString());
    if (!ofProgram && !files.contains(file)) {
      files.add(file);
    }
  }
}
