/** Recurrent layers, their cells, and the wrappers that go along a time axis. */
@NullMarked
package dev.posthorn.engine.layers.recurrent;

import org.jspecify.annotations.NullMarked;
