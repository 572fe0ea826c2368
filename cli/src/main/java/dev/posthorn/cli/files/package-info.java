/** Data files of the command line: .npy, .npz, .csv and .json, to tensors and back. */
@NullMarked
package dev.posthorn.cli.files;

import org.jspecify.annotations.NullMarked;
