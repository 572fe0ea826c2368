/** Speed of a plan in process. */
@NullMarked
package dev.posthorn.cli.bench;

import org.jspecify.annotations.NullMarked;
