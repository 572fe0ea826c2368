package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.LayerSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An equation that is a matrix product: the last axes of the input are summed with the first ones of the kernel, such as
 * {@code abc,cde->abde} or {@code ...x,xy->...y}.
 *
 * @param summed letters of the kernel's first axes
 * @param added letters of the kernel's other axes, which are the output's last ones
 */
record EinsumEquation(String summed, String added) {
  private static final Pattern FORM = Pattern.compile("((?:\\.\\.\\.)?\\w*),(\\w+)->((?:\\.\\.\\.)?\\w*)");

  static EinsumEquation of(String equation, LayerSpec spec) {
    Matcher matcher = FORM.matcher(equation.replace(" ", ""));
    if (matcher.matches()) {
      String input = matcher.group(1);
      String kernel = matcher.group(2);
      String output = matcher.group(3);
      int length = 0;
      while (length < kernel.length() && input.indexOf(kernel.charAt(length)) >= 0) {
        length++;
      }
      String summed = kernel.substring(0, length);
      String added = kernel.substring(length);
      boolean product =
          length > 0
              && input.endsWith(summed)
              && output.equals(input.substring(0, input.length() - length) + added)
              && added.chars().noneMatch(letter -> input.indexOf(letter) >= 0);
      if (product) {
        return new EinsumEquation(summed, added);
      }
    }
    throw spec.unsupported(
        "equation '%s' (expected: the last axes of the input summed with the first of the kernel)", equation);
  }
}
