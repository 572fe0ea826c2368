/** Convolutions, depthwise and transposed ones included. */
@NullMarked
package dev.posthorn.engine.layers.convolution;

import org.jspecify.annotations.NullMarked;
