/** The containers of TensorFlow that Keras 2 wrote models into: protobuf messages, checkpoints, the graph of objects. */
@NullMarked
package dev.posthorn.engine.keras.tensorflow;

import org.jspecify.annotations.NullMarked;
