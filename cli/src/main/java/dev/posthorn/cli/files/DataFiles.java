package dev.posthorn.cli.files;

import dev.posthorn.cli.UsageException;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.Json;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads data files, by ending, and finds for which input or output each array of them is. */
public final class DataFiles {
  private static final int NPY_DEFAULT_NAME = 4;

  private DataFiles() {}

  /**
   * The arrays of all files, each with the name of one of these ports (or a name that no port has, for the caller to
   * refuse). An array without a name goes by the file's name if that is a port's, else by its place among the files.
   *
   * @throws dev.posthorn.spi.InferenceException MALFORMED_TENSOR for what is no data
   * @throws UsageException for other endings
   */
  public static List<DataArray> read(List<NamedFile> files, List<Port> ports, String kind) {
    List<DataArray> arrays = new ArrayList<>();
    for (NamedFile file : files) {
      arrays.addAll(named(file, read(file, ports)));
    }
    return assign(arrays, ports, kind);
  }

  private static List<DataArray> read(NamedFile file, List<Port> ports) {
    return switch (file.ending()) {
      case "npy" -> List.of(new DataArray.Typed("", file, Npy.read(file.path(), Budget.DEFAULT), true));
      case "npz" -> npz(file);
      case "json" ->
          JsonArrays.of(file, Json.parse(bytes(file), file.fileName(), Budget.DEFAULT, Reason.MALFORMED_TENSOR));
      case "csv" -> csv(file, ports);
      default -> throw new UsageException(file.path() + ": expected a file ending in .npy, .npz, .csv or .json");
    };
  }

  /** Gives the one array of a file the name that the command line gave the file. */
  private static List<DataArray> named(NamedFile file, List<DataArray> arrays) {
    if (file.name().isEmpty()) {
      return arrays;
    }
    if (arrays.size() != 1) {
      throw new UsageException(
          file.name() + "=" + file.path() + ": expected one array, the file has " + arrays.size());
    }
    return List.of(arrays.get(0).withName(file.name()));
  }

  private static byte[] bytes(NamedFile file) {
    try {
      return Files.readAllBytes(file.path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<DataArray> npz(NamedFile file) {
    Map<String, StoredArray> stored = Npz.open(file.path(), Budget.DEFAULT);
    boolean numbered = stored.keySet().stream().allMatch(name -> name.matches("arr_\\d{1,9}"));
    return stored.entrySet().stream()
        .sorted(
            numbered
                ? Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey().substring(NPY_DEFAULT_NAME)))
                : (a, b) -> 0)
        .<DataArray>map(
            entry -> new DataArray.Typed(numbered ? "" : entry.getKey(), file, entry.getValue().read(), true))
        .toList();
  }

  private static List<DataArray> csv(NamedFile file, List<Port> ports) {
    CsvTable table = CsvTable.of(file, new String(bytes(file), StandardCharsets.UTF_8));
    boolean selects = file.name().isEmpty() && ports.stream().allMatch(port -> selects(table, port));
    if (!selects) {
      return List.of(new DataArray.Columns("", file, table, table.allColumns()));
    }
    return ports.stream()
        .<DataArray>map(port -> new DataArray.Columns(port.name(), file, table, table.columnsOf(port)))
        .toList();
  }

  /** Whether the header names as many columns as the port takes. */
  private static boolean selects(CsvTable table, Port port) {
    int columns = table.columnsOf(port).length;
    var shape = port.spec().shape();
    int wanted = 1;
    for (int axis = 1; axis < shape.rank(); axis++) {
      wanted = shape.dim(axis) < 0 ? 0 : wanted * shape.dim(axis);
    }
    return columns > 0 && (columns == wanted || wanted == 0 || columns == table.width());
  }

  private static List<DataArray> assign(List<DataArray> arrays, List<Port> ports, String kind) {
    List<DataArray> unnamed = arrays.stream().filter(array -> array.name().isEmpty()).toList();
    if (unnamed.isEmpty()) {
      return arrays;
    }
    List<Port> free = new ArrayList<>(ports);
    for (DataArray array : arrays) {
      find(array.name(), ports).ifPresent(free::remove);
    }
    if (unnamed.size() > free.size()) {
      throw new UsageException(
          arrays.size() + " arrays for " + ports.size() + " " + kind + "s: the model has "
              + ports.stream().map(Port::name).toList());
    }
    Set<Port> byStem = new HashSet<>();
    for (DataArray array : unnamed) {
      find(array.file().stem(), free).ifPresent(byStem::add);
    }
    List<DataArray> result = new ArrayList<>();
    int next = 0;
    for (DataArray array : arrays) {
      if (!array.name().isEmpty()) {
        result.add(array);
      } else if (byStem.size() == unnamed.size()) {
        result.add(array.withName(find(array.file().stem(), free).orElseThrow().name()));
      } else {
        result.add(array.withName(free.get(next++).name()));
      }
    }
    return result;
  }

  private static Optional<Port> find(String name, List<Port> ports) {
    return ports.stream()
        .filter(port -> port.name().equals(name))
        .findFirst()
        .or(() -> ports.stream().filter(port -> port.alias().equals(name)).findFirst());
  }
}
