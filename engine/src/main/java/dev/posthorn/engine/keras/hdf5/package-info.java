/** Reads the part of HDF5 that Keras users have, from bytes in memory; every declared number is checked before use. */
@NullMarked
package dev.posthorn.engine.keras.hdf5;

import org.jspecify.annotations.NullMarked;
