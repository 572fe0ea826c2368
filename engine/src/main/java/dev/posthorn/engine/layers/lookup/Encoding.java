package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.LayerSpec;

/** What a lookup layer makes of the indices. */
enum Encoding {
  INT,
  ONE_HOT,
  MULTI_HOT,
  COUNT,
  TF_IDF;

  static Encoding of(String outputMode, LayerSpec spec) {
    return switch (outputMode) {
      case "int" -> INT;
      case "one_hot" -> ONE_HOT;
      case "multi_hot", "binary" -> MULTI_HOT;
      case "count" -> COUNT;
      case "tf_idf", "tf-idf" -> TF_IDF;
      default -> throw spec.error("unknown output_mode '%s'", outputMode);
    };
  }
}
