package dev.posthorn.spi;

/** A layer that adds its inputs element by element; one of them may be the output of the layer that it is fused into. */
public interface Addition extends Layer {}
