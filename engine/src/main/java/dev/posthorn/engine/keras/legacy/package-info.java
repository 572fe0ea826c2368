/** Models of Keras 1 and 2: their configs, calls and weights, translated to what Keras 3 means by them. */
@NullMarked
package dev.posthorn.engine.keras.legacy;

import org.jspecify.annotations.NullMarked;
