package dev.posthorn.cli.verify;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of a case: it failed if a file did, else it was refused if a file was. */
public record CaseResult(String name, String family, double seconds, List<FileResult> files) {
  public CaseResult {
    files = List.copyOf(files);
  }

  public Outcome outcome() {
    return files.stream().map(FileResult::outcome).filter(Outcome.FAILED::equals).findFirst()
        .or(() -> files.stream().map(FileResult::outcome).filter(Outcome.REFUSED::equals).findFirst())
        .orElse(Outcome.PASSED);
  }

  /** The largest error of its files; null where nothing was compared. */
  @Nullable Double error() {
    Double largest = null;
    for (FileResult file : files) {
      Double error = file.error();
      if (error != null && (largest == null || error > largest)) {
        largest = error;
      }
    }
    return largest;
  }

  /** {@code passed NAME (4 files, error 7.1e-08)}, {@code FAILED NAME model.h5: ...}, {@code REFUSED NAME model.keras: ...}. */
  public String line() {
    Outcome outcome = outcome();
    if (outcome == Outcome.PASSED) {
      Double error = error();
      String detail = error == null ? "refused as expected" : String.format(Locale.ROOT, "error %.1e", error);
      return "passed " + name + " (" + files.size() + " files, " + detail + ")";
    }
    List<FileResult> bad = files.stream().filter(file -> file.outcome() == outcome).toList();
    String more = bad.size() == 1 ? "" : " (and " + (bad.size() - 1) + " more)";
    return outcome + " " + name + " " + bad.get(0).file() + ": " + bad.get(0).message() + more;
  }
}
