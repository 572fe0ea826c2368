package dev.posthorn.engine.hostile;

import java.util.Arrays;

/**
 * What became of one model file.
 *
 * @param cpuMillis processor time of the thread that read, loaded and ran it
 * @param thrown class of what was thrown, simple name; empty if it loaded and predicted
 * @param reason of an InferenceException; empty for others
 * @param output of the first output for the given input, as far as it is float32
 */
record Outcome(String file, long cpuMillis, String thrown, String reason, String message, float[] output) {
  private static final int FIELDS = 6;

  boolean loaded() {
    return thrown.isEmpty();
  }

  boolean refused() {
    return thrown.equals("InferenceException");
  }

  String line() {
    return String.join(
        "\t",
        file,
        Long.toString(cpuMillis),
        thrown,
        reason,
        message.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"),
        Arrays.toString(output));
  }

  static Outcome parse(String line) {
    String[] fields = line.split("\t", FIELDS);
    String numbers = fields[5].substring(1, fields[5].length() - 1);
    float[] output = new float[numbers.isEmpty() ? 0 : numbers.split(", ").length];
    for (int i = 0; i < output.length; i++) {
      output[i] = Float.parseFloat(numbers.split(", ")[i]);
    }
    return new Outcome(fields[0], Long.parseLong(fields[1]), fields[2], fields[3], fields[4], output);
  }

  @Override
  public String toString() {
    return file + ": " + (loaded() ? "loaded" : thrown + " " + reason + " " + message) + ", " + cpuMillis + " ms";
  }
}
