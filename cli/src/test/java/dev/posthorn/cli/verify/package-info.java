@NullMarked
package dev.posthorn.cli.verify;

import org.jspecify.annotations.NullMarked;
