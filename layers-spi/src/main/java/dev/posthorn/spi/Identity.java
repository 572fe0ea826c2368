package dev.posthorn.spi;

/** A layer whose output is its first input, unchanged: Dropout at inference. */
public interface Identity extends Layer {}
