package dev.posthorn.cli.verify;

import dev.posthorn.engine.keras.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All results of a run: its last lines and its JSON. */
public record VerifyReport(String kernels, double rtol, double atol, List<CaseResult> cases) {
  public VerifyReport {
    cases = List.copyOf(cases);
  }

  public boolean passed() {
    return cases.stream().allMatch(one -> one.outcome() == Outcome.PASSED);
  }

  /** The last two lines. */
  public List<String> totals() {
    return List.of("files: " + line(files()), line(outcomes()));
  }

  private List<Outcome> files() {
    return cases.stream().flatMap(one -> one.files().stream()).map(FileResult::outcome).toList();
  }

  private List<Outcome> outcomes() {
    return cases.stream().map(CaseResult::outcome).toList();
  }

  private static String line(List<Outcome> outcomes) {
    Map<String, Object> counts = counts(outcomes);
    return counts.get("passed") + " passed, " + counts.get("failed") + " failed, " + counts.get("refused") + " refused";
  }

  private static Map<String, Object> counts(List<Outcome> outcomes) {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome.label(), outcomes.stream().filter(outcome::equals).count());
    }
    return counts;
  }

  /** The report {@code posthorn.verify/1}. */
  public String json() {
    Map<String, @Nullable Object> report = new LinkedHashMap<>();
    report.put("schema", "posthorn.verify/1");
    report.put("kernels", kernels);
    report.put("rtol", rtol);
    report.put("atol", atol);
    report.put("cases", cases.stream().map(VerifyReport::caseJson).toList());
    report.put("families", families());
    Map<String, Object> total = new LinkedHashMap<>();
    total.put("cases", counts(outcomes()));
    total.put("files", counts(files()));
    report.put("total", total);
    return JsonText.of(report);
  }

  private Map<String, Object> families() {
    Map<String, List<CaseResult>> byFamily = new TreeMap<>();
    for (CaseResult one : cases) {
      byFamily.computeIfAbsent(one.family(), _ -> new ArrayList<>()).add(one);
    }
    Map<String, Object> families = new LinkedHashMap<>();
    byFamily.forEach(
        (family, members) -> {
          Map<String, @Nullable Object> summary = new LinkedHashMap<>();
          summary.put("cases", members.size());
          summary.put(
              "error",
              members.stream().map(CaseResult::error).filter(java.util.Objects::nonNull).reduce(Math::max).orElse(null));
          families.put(family, summary);
        });
    return families;
  }

  private static Map<String, @Nullable Object> caseJson(CaseResult one) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("case", one.name());
    json.put("family", one.family());
    json.put("result", one.outcome().label());
    json.put("seconds", one.seconds());
    json.put("files", one.files().stream().map(VerifyReport::fileJson).toList());
    return json;
  }

  private static Map<String, @Nullable Object> fileJson(FileResult file) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    FileResult.Place at = file.at();
    json.put("file", file.file());
    json.put("form", file.form());
    json.put("result", file.outcome().label());
    json.put("error", file.error());
    json.put("output", at == null ? null : at.output());
    json.put("index", at == null ? null : at.index());
    json.put("expected", at == null ? null : at.expected());
    json.put("got", at == null ? null : at.got());
    json.put("layer", file.layer());
    json.put("reason", file.reason() == null ? null : file.reason().name());
    json.put("message", file.message());
    return json;
  }
}
