package dev.posthorn.engine.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A whole model to change.
 *
 * @param name where it comes from
 * @param files its parts by their path; one file has the path ""
 * @param model the path of what is opened; "" is the file, "." the folder
 * @param architecture the path of the architecture to open it with; empty if it has its own
 */
record Seed(String name, Map<String, Part> files, String model, String architecture) {
  static Seed file(String name, byte[] content) {
    return new Seed(name, Map.of("", Part.of(name, content)), "", "");
  }

  static Seed folder(String name, Map<String, byte[]> contents, String model, String architecture) {
    Map<String, Part> files = new LinkedHashMap<>();
    contents.forEach((path, content) -> files.put(path, Part.of(path, content)));
    return new Seed(name, files, model, architecture);
  }

  /** The seed with one to four changes inside. */
  Seed mutated(SplittableRandom random) {
    Map<String, Part> changed = new LinkedHashMap<>(files);
    int changes = 1;
    while (changes < 4 && random.nextInt(3) == 0) {
      changes++;
    }
    List<String> paths = new ArrayList<>(changed.keySet());
    for (int i = 0; i < changes; i++) {
      String path = paths.get(random.nextInt(paths.size()));
      String data = path.replace(".index", ".data-00000-of-00001");
      if (changed.get(path) instanceof TablePart table && random.nextBoolean() && changed.get(data) instanceof BlobPart blob) {
        TablePart.Changed both = table.objectGraph(blob.bytes(), random);
        changed.put(path, both.index());
        changed.put(data, new BlobPart(both.data()));
      } else {
        changed.put(path, changed.get(path).mutated(random));
      }
    }
    return new Seed(name, changed, model, architecture);
  }

  /** The files, with the checksums of checkpoints fitting their data. */
  Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    files.forEach((path, part) -> {
      Part data = files.get(path.replace(".index", ".data-00000-of-00001"));
      boolean table = part instanceof TablePart && data instanceof BlobPart;
      contents.put(path, table ? ((TablePart) part).fitting(data.bytes()).bytes() : part.bytes());
    });
    return contents;
  }
}
