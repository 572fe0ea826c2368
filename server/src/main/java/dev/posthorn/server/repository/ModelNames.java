package dev.posthorn.server.repository;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;
import java.util.regex.Pattern;

/** What a model may be called. */
public final class ModelNames {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private ModelNames() {}

  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * The name itself.
   *
   * @throws InferenceException INVALID_ARGUMENT
   */
  public static String check(String name) {
    if (!isValid(name)) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("expected", NAME.pattern()),
          "a model name is letters, digits, '.', '_' and '-', begins with a letter or digit and has at most 128"
              + " characters; got '" + (name.length() > 128 ? name.substring(0, 128) + "..." : name) + "'");
    }
    return name;
  }
}
