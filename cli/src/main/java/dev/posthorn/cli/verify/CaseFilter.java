package dev.posthorn.cli.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which cases are wanted: those that match a GLOB and no {@code !GLOB}; without a positive one all but the latter. */
public final class CaseFilter {
  private final List<Pattern> wanted = new ArrayList<>();
  private final List<Pattern> unwanted = new ArrayList<>();

  private CaseFilter() {}

  /** Of globs with {@code *}, {@code ?} and {@code [...]}, separated by commas; empty text wants everything. */
  public static CaseFilter of(String globs) {
    CaseFilter filter = new CaseFilter();
    for (String part : globs.split(",", -1)) {
      String glob = part.strip();
      if (glob.startsWith("!")) {
        filter.unwanted.add(pattern(glob.substring(1).strip()));
      } else if (!glob.isEmpty()) {
        filter.wanted.add(pattern(glob));
      }
    }
    return filter;
  }

  public boolean accepts(String name) {
    boolean in = wanted.isEmpty() || wanted.stream().anyMatch(glob -> glob.matcher(name).matches());
    return in && unwanted.stream().noneMatch(glob -> glob.matcher(name).matches());
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      int end = c == '[' ? glob.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        String set = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[").replace("&", "\\&");
        regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = end;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
