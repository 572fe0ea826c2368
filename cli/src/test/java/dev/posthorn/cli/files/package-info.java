@NullMarked
package dev.posthorn.cli.files;

import org.jspecify.annotations.NullMarked;
