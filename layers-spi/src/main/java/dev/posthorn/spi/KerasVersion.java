package dev.posthorn.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The release of Keras that wrote a model; where the meaning of a layer changed between releases, it decides. */
public record KerasVersion(int major, int minor, int patch) implements Comparable<KerasVersion> {
  /** Assumed where nothing says by which Keras a model was written. */
  public static final KerasVersion NEWEST = new KerasVersion(3, 15, 1);

  private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?.*");

  /**
   * Reads {@code 3.15.1}, {@code 2.4} or {@code 2.2.4-tf}.
   *
   * @throws InferenceException INVALID_MODEL for any other text
   */
  public static KerasVersion of(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InferenceException(
          Reason.INVALID_MODEL, "expected a Keras version such as 3.15.1, got '" + text + "'");
    }
    String patch = matcher.group(3);
    return new KerasVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        patch == null ? 0 : Integer.parseInt(patch));
  }

  public boolean isBefore(int otherMajor, int otherMinor) {
    return major < otherMajor || (major == otherMajor && minor < otherMinor);
  }

  @Override
  public int compareTo(KerasVersion other) {
    int order = Integer.compare(major, other.major);
    order = order != 0 ? order : Integer.compare(minor, other.minor);
    return order != 0 ? order : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
