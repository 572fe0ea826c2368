package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.LayerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recurrent layer must know of its cell beforehand.
 *
 * @param stateSizes lengths of the states of a row
 * @param goesAlongSequences whether it is one of the {@link Cell}s
 */
record CellKind(List<Integer> stateSizes, boolean goesAlongSequences) {
  CellKind {
    stateSizes = List.copyOf(stateSizes);
  }

  /** Reads a cell's JSON object. A cell of a plug-in has one state of {@code units}, or says {@code state_size}. */
  static CellKind of(@Nullable Object object, LayerSpec spec) {
    if (!(object instanceof Map<?, ?> map)
        || !(map.get("class_name") instanceof String className)
        || !(map.get("config") instanceof Map<?, ?> config)) {
      throw spec.error("config 'cell': expected a layer");
    }
    if (className.equals("StackedRNNCells") && config.get("cells") instanceof List<?> cells) {
      List<Integer> sizes = new ArrayList<>();
      cells.forEach(cell -> sizes.addAll(of(cell, spec).stateSizes()));
      return new CellKind(sizes, false);
    }
    List<Integer> sizes = new ArrayList<>();
    Object declared = config.get("state_size") == null ? config.get("units") : config.get("state_size");
    for (Object size : declared instanceof List<?> list ? list : List.of(String.valueOf(declared))) {
      sizes.add(number(className, size, spec));
    }
    return switch (className) {
      case "LSTMCell" -> new CellKind(List.of(sizes.get(0), sizes.get(0)), true);
      case "GRUCell", "SimpleRNNCell" -> new CellKind(sizes, true);
      default -> new CellKind(sizes, false);
    };
  }

  private static int number(String className, @Nullable Object size, LayerSpec spec) {
    try {
      return Integer.parseInt(String.valueOf(size));
    } catch (NumberFormatException e) {
      throw spec.unsupported("the cell %s without 'units' or 'state_size' in its config", className);
    }
  }
}
