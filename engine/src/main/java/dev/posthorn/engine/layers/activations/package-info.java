/** Keras' activation functions and the layers that apply them. */
@NullMarked
package dev.posthorn.engine.layers.activations;

import org.jspecify.annotations.NullMarked;
