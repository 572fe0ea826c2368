package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** keras.layers.StackedRNNCells: cells one on top of the other in each step; the states in the order of the cells. */
final class StackedCells implements Composite {
  private final List<SubLayer> cells;
  private final List<Integer> stateCounts = new ArrayList<>();

  StackedCells(LayerSpec spec) {
    cells = spec.subs("cells");
    Object objects = spec.config().value("cells");
    if (objects instanceof List<?> list) {
      for (@Nullable Object object : list) {
        stateCounts.add(CellKind.of(object, spec).stateSizes().size());
      }
    }
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    Value x = inputs.get(0);
    List<Value> states = new ArrayList<>();
    int next = 1;
    for (int cell = 0; cell < cells.size(); cell++) {
      List<Value> arguments = new ArrayList<>();
      arguments.add(x);
      arguments.addAll(inputs.subList(next, next + stateCounts.get(cell)));
      next += stateCounts.get(cell);
      List<Value> results = calls.call(cells.get(cell), arguments.toArray(Value[]::new));
      x = results.get(0);
      states.addAll(results.subList(1, results.size()));
    }
    List<Value> all = new ArrayList<>();
    all.add(x);
    all.addAll(states);
    return all;
  }
}
