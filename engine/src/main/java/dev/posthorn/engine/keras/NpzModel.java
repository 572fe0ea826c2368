package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code np.savez(file, *model.get_weights())}: arrays in their order, {@code arr_0, arr_1, ...}, or as they were named. */
final class NpzModel implements ModelReader {
  private static final Pattern NUMBERED = Pattern.compile("arr_\\d{1,9}");

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && ZipArchive.recognises(file.content()) && isNpz(file);
  }

  /** Whether a zip holds nothing but arrays. */
  static boolean isNpz(Source.File file) {
    try {
      Set<String> names = ZipArchive.open(file.content(), file.what(), Budget.DEFAULT).names();
      return !names.isEmpty() && names.stream().allMatch(name -> name.endsWith(".npy"));
    } catch (InferenceException e) {
      return false;
    }
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    Map<String, StoredArray> arrays = Npz.open(file.content(), file.what(), options.budget());
    return BareArrays.describe(file, "npz", ordered(arrays, file.what()), List.of(), options);
  }

  private static List<StoredArray> ordered(Map<String, StoredArray> arrays, String what) {
    if (!arrays.keySet().stream().allMatch(name -> NUMBERED.matcher(name).matches())) {
      return List.copyOf(arrays.values());
    }
    List<StoredArray> ordered = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      StoredArray array = arrays.get("arr_" + i);
      if (array == null) {
        throw new InferenceException(
            Reason.INVALID_MODEL, what + " has " + arrays.size() + " numbered arrays, but no arr_" + i);
      }
      ordered.add(array);
    }
    return ordered;
  }
}
