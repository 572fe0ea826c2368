package dev.posthorn.cli.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The forms of model files, as the reports name them. */
public enum ModelForm {
  KERAS,
  FOLDER,
  H5,
  WEIGHTS,
  SHARDS,
  NPZ,
  JSON,
  SAVEDMODEL,
  CHECKPOINT;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(ModelForm::label).toList();
  }
}
