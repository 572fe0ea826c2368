package dev.posthorn.engine.keras;

import java.util.Locale;
import java.util.regex.Pattern;

/** How Keras makes a layer's name from its class; source: to_snake_case in keras.src.utils.naming. */
public final class LayerNames {
  private static final Pattern NO_WORD = Pattern.compile("\\W+");
  private static final Pattern BEFORE_WORD = Pattern.compile("(.)([A-Z][a-z]+)");
  private static final Pattern BEFORE_CAPITAL = Pattern.compile("([a-z])([A-Z])");

  private LayerNames() {}

  /** {@code max_pooling1d} for MaxPooling1D; of {@code MyPackage>GatedUnit}, {@code gated_unit}. */
  public static String snake(String className) {
    String name = NO_WORD.matcher(className.substring(className.indexOf('>') + 1)).replaceAll("");
    name = BEFORE_WORD.matcher(name).replaceAll("$1_$2");
    return BEFORE_CAPITAL.matcher(name).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }
}
