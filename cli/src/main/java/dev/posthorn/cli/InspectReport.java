package dev.posthorn.cli;

import dev.posthorn.engine.LayerInfo;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.Problem;
import dev.posthorn.engine.StepInfo;
import dev.posthorn.engine.keras.JsonText;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code inspect} shows, for people and as {@code posthorn.inspect/1}. */
final class InspectReport {
  private InspectReport() {}

  static String json(Model model, String kernels) {
    Map<String, @Nullable Object> report =
        head(model.name(), model.format(), model.kerasVersion().toString(), model.sha256(), List.of());
    report.put("inputs", model.signature().inputs().stream().map(InspectReport::port).toList());
    report.put("outputs", model.signature().outputs().stream().map(InspectReport::port).toList());
    report.put("parameters", model.parameters());
    report.put("stateful", model.stateful());
    report.put("rows_independent", model.rowsIndependent());
    report.put("flops_per_row", model.flopsPerRow());
    report.put("memory_bytes", model.memoryBytes());
    report.put("layers", model.layers().stream().map(InspectReport::layer).toList());
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("kernels", kernels);
    plan.put("steps", model.steps().stream().map(InspectReport::step).toList());
    report.put("plan", plan);
    return JsonText.of(report);
  }

  /** For a model that could be read, but not be served. */
  static String unsupported(ModelDescription description, List<Problem> problems) {
    return empty(
        head(
            description.name(),
            description.format(),
            description.kerasVersion().toString(),
            description.sha256(),
            problems));
  }

  /** For what could not even be read. */
  static String unreadable(String name, Problem problem) {
    return empty(head(name, null, null, null, List.of(problem)));
  }

  private static String empty(Map<String, @Nullable Object> report) {
    for (String key : List.of("inputs", "outputs")) {
      report.put(key, List.of());
    }
    for (String key : List.of("parameters", "stateful", "rows_independent", "flops_per_row", "memory_bytes")) {
      report.put(key, null);
    }
    report.put("layers", List.of());
    report.put("plan", null);
    return JsonText.of(report);
  }

  private static Map<String, @Nullable Object> head(
      String name, @Nullable String format, @Nullable String version, @Nullable String sha256, List<Problem> problems) {
    Map<String, @Nullable Object> report = new LinkedHashMap<>();
    report.put("schema", "posthorn.inspect/1");
    report.put("name", name);
    report.put("format", format);
    report.put("keras_version", version);
    report.put("sha256", orNull(sha256));
    report.put("supported", problems.isEmpty());
    report.put("problems", problems.stream().map(InspectReport::problem).toList());
    return report;
  }

  private static Map<String, @Nullable Object> problem(Problem problem) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("layer", orNull(problem.layer()));
    json.put("class_name", orNull(problem.className()));
    json.put("reason", problem.reason().name());
    json.put("message", problem.message());
    return json;
  }

  private static Map<String, Object> port(Port port) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", port.name());
    json.put("aliases", port.alias().equals(port.name()) ? List.of() : List.of(port.alias()));
    json.put("data_type", port.spec().dtype().kerasName());
    json.put("shape", dims(port.spec().shape()));
    if (!port.labels().isEmpty()) {
      json.put("labels", port.labels());
    }
    if (port.optional()) {
      json.put("optional", true);
    }
    return json;
  }

  private static Map<String, @Nullable Object> layer(LayerInfo layer) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", layer.name());
    json.put("class_name", layer.className());
    json.put("registered_name", orNull(layer.registeredName()));
    json.put("plugin", orNull(layer.plugin()));
    json.put("inputs", layer.inputs());
    json.put("output_shape", dims(layer.outputShape()));
    json.put("parameters", layer.parameters());
    return json;
  }

  private static Map<String, Object> step(StepInfo step) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kernel", step.kernel());
    json.put("layers", step.layers());
    return json;
  }

  private static List<Integer> dims(Shape shape) {
    return Arrays.stream(shape.dims()).boxed().toList();
  }

  private static @Nullable String orNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** {@code " in layer 'x' (Lambda)"}, as far as it is known. */
  static String place(Problem problem) {
    String layer = problem.layer().isEmpty() ? "" : " in layer '" + problem.layer() + "'";
    return problem.className().isEmpty() ? layer : layer + " (" + problem.className() + ")";
  }

  static String text(Model model, String kernels) {
    StringBuilder text = new StringBuilder();
    line(text, "model", model.name());
    line(text, "format", model.format() + ", Keras " + model.kerasVersion());
    model.signature().inputs().forEach(port -> line(text, "input", port.name() + "  " + port.spec()));
    model.signature().outputs().forEach(port -> line(text, "output", port.name() + "  " + port.spec() + labels(port)));
    line(text, "parameters", String.format(Locale.ROOT, "%,d", model.parameters()));
    line(text, "memory", String.format(Locale.ROOT, "%,d bytes", model.memoryBytes()));
    line(text, "arithmetic", String.format(Locale.ROOT, "%,d flops a row", model.flopsPerRow()));
    line(text, "stateful", model.stateful() ? "yes" : "no");
    String why = model.whyNotJoined().map(reason -> "no: " + reason).orElse("no");
    line(text, "rows independent", model.rowsIndependent() ? "yes" : why);
    text.append('\n');
    List<List<String>> layers = new ArrayList<>();
    layers.add(List.of("LAYER", "CLASS", "OUTPUT", "PARAMETERS", "INPUTS"));
    for (LayerInfo layer : model.layers()) {
      String origin = layer.plugin().isEmpty() ? "" : " [" + layer.plugin() + "]";
      layers.add(
          List.of(
              layer.name(),
              layer.className() + origin,
              layer.outputShape().toString(),
              String.format(Locale.ROOT, "%,d", layer.parameters()),
              String.join(", ", layer.inputs())));
    }
    text.append(TextTable.of(layers)).append('\n');
    List<List<String>> steps = new ArrayList<>();
    steps.add(List.of("STEP (" + kernels + ")", "LAYERS"));
    model.steps().forEach(step -> steps.add(List.of(step.kernel(), String.join(", ", step.layers()))));
    return text.append(TextTable.of(steps)).toString();
  }

  private static String labels(Port port) {
    return port.labels().isEmpty() ? "" : "  " + port.labels();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(String.format(Locale.ROOT, "%-18s%s%n", key, value));
  }
}
