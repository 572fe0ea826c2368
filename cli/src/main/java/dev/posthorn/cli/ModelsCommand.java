package dev.posthorn.cli;

import dev.posthorn.client.ModelWatch;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.engine.keras.JsonText;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.WatchModelsResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the models of a server, or shows their changes as they happen. */
@Command(
    name = "models",
    description = "The models of a server, their versions and states.",
    sortOptions = false,
    footer = {
      "",
      "With --watch --json: a JSON document a line.",
      "",
      "Examples:",
      "  posthorn models localhost:8500",
      "  posthorn models localhost:8500 --watch"
    })
final class ModelsCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "HOST:PORT", arity = "0..1", description = "The server.")
  @Nullable String server;

  @Option(names = "--watch", description = "Go on showing changes until interrupted.")
  boolean watch;

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ServerOptions serverOptions = new ServerOptions();

  @Option(names = "--debug", description = "Show a stack trace if something fails.")
  boolean debug;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  ModelsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String address = json.first(server, "HOST:PORT");
    if (watch && json.file != null && !json.toStdout()) {
      throw new UsageException("--watch --json writes to standard output, not to a file");
    }
    try (PosthornClient client = serverOptions.client(address)) {
      if (watch) {
        watch(client);
      } else {
        list(client.models().list());
      }
    }
    return ExitCode.DONE;
  }

  private void list(List<Model> models) {
    if (!json.toStdout()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(ModelStates.HEADER);
      models.forEach(model -> rows.addAll(ModelStates.rows(model)));
      console.out().print(TextTable.of(rows));
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", "posthorn.models/1");
    report.put("models", models.stream().map(ModelStates::json).toList());
    json.write(console, JsonText.of(report));
  }

  private void watch(PosthornClient client) {
    try (ModelWatch changes = client.models().watch()) {
      while (changes.hasNext()) {
        WatchModelsResponse event = changes.next();
        console.out().println(json.toStdout() ? jsonLine(event) : textLine(event));
        console.out().flush();
      }
    }
  }

  private static String jsonLine(WatchModelsResponse event) {
    return JsonText.of(
        switch (event.getEventCase()) {
          case CHANGED -> Map.of("changed", ModelStates.json(event.getChanged()));
          case REMOVED -> Map.of("removed", event.getRemoved());
          case SNAPSHOT_DONE -> Map.of("snapshot_done", true);
          case EVENT_NOT_SET -> Map.of();
        });
  }

  private static String textLine(WatchModelsResponse event) {
    return switch (event.getEventCase()) {
      case CHANGED -> String.join("\n", ModelStates.rows(event.getChanged()).stream().map(row -> String.join("  ", row)).toList());
      case REMOVED -> event.getRemoved() + "  removed";
      case SNAPSHOT_DONE -> "-- changes:";
      case EVENT_NOT_SET -> "";
    };
  }
}
