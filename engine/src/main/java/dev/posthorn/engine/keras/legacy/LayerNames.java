package dev.posthorn.engine.keras.legacy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Class names of Keras 1 and 2 that Keras 3 calls otherwise, and the aliases of tf.keras. */
final class LayerNames {
  private static final Map<String, String> TODAY = table();

  private LayerNames() {}

  /** The class name of today; an unknown name stays. */
  static String today(String className) {
    return TODAY.getOrDefault(className, className);
  }

  private static Map<String, String> table() {
    Map<String, String> names = new HashMap<>();
    for (int n = 1; n <= 3; n++) {
      String axes = n + "D";
      names.put("Convolution" + axes, "Conv" + axes);
      names.put("AtrousConvolution" + axes, "Conv" + axes);
      names.put("AtrousConv" + axes, "Conv" + axes);
      names.put("SeparableConvolution" + axes, "SeparableConv" + axes);
      names.put("DepthwiseConvolution" + axes, "DepthwiseConv" + axes);
      names.put("Deconvolution" + axes, "Conv" + axes + "Transpose");
      names.put("Deconv" + axes, "Conv" + axes + "Transpose");
      names.put("Convolution" + axes + "Transpose", "Conv" + axes + "Transpose");
      names.put("MaxPool" + axes, "MaxPooling" + axes);
      names.put("AvgPool" + axes, "AveragePooling" + axes);
      names.put("GlobalMaxPool" + axes, "GlobalMaxPooling" + axes);
      names.put("GlobalAvgPool" + axes, "GlobalAveragePooling" + axes);
    }
    names.put("Model", "Functional");
    names.put("TimeDistributedDense", "Dense");
    names.put("CuDNNLSTM", "LSTM");
    names.put("CuDNNGRU", "GRU");
    names.put("SyncBatchNormalization", "BatchNormalization");
    names.put("Experimental>SyncBatchNormalization", "BatchNormalization");
    for (String versioned :
        List.of("BatchNormalization", "LSTM", "GRU", "LSTMCell", "GRUCell", "DenseFeatures", "Normalization")) {
      names.put(versioned + "V1", versioned);
      names.put(versioned + "V2", versioned);
    }
    return Map.copyOf(names);
  }
}
