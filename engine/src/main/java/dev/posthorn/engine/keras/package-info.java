/** Readers of model files: by content, in memory, within a budget; all end in a ModelDescription. */
@NullMarked
package dev.posthorn.engine.keras;

import org.jspecify.annotations.NullMarked;
