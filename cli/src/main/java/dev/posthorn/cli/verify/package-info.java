/** Comparison of a model's answers with recorded ones, for one model and for folders of cases. */
@NullMarked
package dev.posthorn.cli.verify;

import org.jspecify.annotations.NullMarked;
