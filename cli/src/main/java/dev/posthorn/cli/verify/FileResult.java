package dev.posthorn.cli.verify;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one model file.
 *
 * @param form as in the JSON report
 * @param error the largest one; null where nothing was compared
 * @param at where the largest error, or the first failure, is; null where nothing was compared
 * @param layer the first layer that differs, if layers were compared and one does
 * @param message why it did not pass
 */
public record FileResult(
    String file,
    String form,
    Outcome outcome,
    @Nullable Double error,
    @Nullable Place at,
    @Nullable String layer,
    @Nullable Reason reason,
    @Nullable String message) {

  /**
   * An element.
   *
   * @param expected a number, text or boolean
   */
  public record Place(String output, List<Integer> index, Object expected, Object got) {
    @Override
    public String toString() {
      return "output '" + output + "'" + (index.isEmpty() ? "" : index) + ": expected " + expected + ", got " + got;
    }
  }

  static FileResult refused(String file, String form, InferenceException why) {
    return new FileResult(file, form, Outcome.REFUSED, null, null, null, why.reason(), oneLine(why.getMessage()));
  }

  static FileResult failed(String file, String form, @Nullable Reason reason, @Nullable String message) {
    return new FileResult(file, form, Outcome.FAILED, null, null, null, reason, oneLine(message));
  }

  static String oneLine(@Nullable String text) {
    return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
