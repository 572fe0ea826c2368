/** Dense and the layers that do little or nothing at inference. */
@NullMarked
package dev.posthorn.engine.layers.core;

import org.jspecify.annotations.NullMarked;
