/** The commands of {@code ./posthorn}, one class each; {@link dev.posthorn.cli.Main} starts them. */
@NullMarked
package dev.posthorn.cli;

import org.jspecify.annotations.NullMarked;
