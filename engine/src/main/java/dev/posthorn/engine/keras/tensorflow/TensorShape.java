package dev.posthorn.engine.keras.tensorflow;

import java.util.ArrayList;
import java.util.List;

/** TensorShapeProto: dim = 2 { size = 1 }. */
final class TensorShape {
  private static final int HIGHEST_RANK = 64;

  private TensorShape() {}

  static List<Long> read(Fields shape) {
    List<Long> dims = new ArrayList<>();
    while (shape.next()) {
      if (shape.number() == 2) {
        long size = 0;
        for (Fields dim = shape.message(); dim.next(); ) {
          if (dim.number() == 1) {
            size = dim.integer();
          }
        }
        if (dims.size() == HIGHEST_RANK) {
          throw shape.damaged("a shape has more than " + HIGHEST_RANK + " axes");
        }
        dims.add(size);
      }
    }
    return dims;
  }
}
