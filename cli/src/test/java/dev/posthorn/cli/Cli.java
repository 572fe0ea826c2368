package dev.posthorn.cli;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs commands as the launcher does, in this process. */
record Cli(int code, String out, String err) {
  /** The checkout: tests run in the folder of the module. */
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  static final Path CASES = Path.of("src/test/resources/cases");

  static Cli run(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), false);
    int code = Main.run(console, HOME.toString(), words);
    return new Cli(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Path file(String caseName, String file) {
    return CASES.resolve(caseName).resolve(file);
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /** Standard output as a JSON document. */
  Map<String, Object> json() {
    return Json.object(Json.parse(out, "stdout", Budget.DEFAULT), "stdout");
  }
}
