/** Contents of files: in memory where small, read piece by piece where large. */
@NullMarked
package dev.posthorn.engine.keras.content;

import org.jspecify.annotations.NullMarked;
