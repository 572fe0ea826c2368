package dev.posthorn.server;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of options; every failure names the option, what it takes, and what came. */
final class ConfigText {
  private static final Pattern BYTES = Pattern.compile("(\\d{1,18})\\s*(b|kib|mib|gib|k|m|g)?");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(us|ms|s|m|h)?");

  private ConfigText() {}

  static int integer(String option, String value, int least, int most) {
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(option, "a whole number", value);
    }
    throw wrong(option, "a whole number from " + least + (most == Integer.MAX_VALUE ? "" : " to " + most), value);
  }

  /** A number of bytes: {@code 16777216} or {@code 16MiB}. */
  static long bytes(String option, String value, long most) {
    Matcher matcher = BYTES.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      String unit = matcher.group(2) == null ? "" : matcher.group(2);
      int shift = unit.startsWith("k") ? 10 : unit.startsWith("m") ? 20 : unit.startsWith("g") ? 30 : 0;
      long number = Long.parseLong(matcher.group(1));
      if (number > 0 && number <= most >> shift) {
        return number << shift;
      }
    }
    throw wrong(option, "a number of bytes up to " + most + ", such as 16MiB", value);
  }

  /** A time: a number of seconds, or one with a unit. */
  static Duration time(String option, String value, String unit) {
    Matcher matcher = SECONDS.matcher(value.strip());
    if (!matcher.matches()) {
      throw wrong(option, "a time", value);
    }
    double number = Double.parseDouble(matcher.group(1));
    double nanos =
        switch (matcher.group(2) == null ? unit : matcher.group(2)) {
          case "us" -> 1e3;
          case "ms" -> 1e6;
          case "m" -> 60e9;
          case "h" -> 3600e9;
          default -> 1e9;
        };
    return Duration.ofNanos((long) (number * nanos));
  }

  static boolean flag(String option, String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "", "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw wrong(option, "true or false", value);
    };
  }

  static InferenceException wrong(String option, String expected, String actual) {
    return new InferenceException(
        Reason.INVALID_ARGUMENT,
        Map.of("option", option, "expected", expected, "actual", actual),
        option + ": expected " + expected + ", got '" + actual + "'");
  }
}
