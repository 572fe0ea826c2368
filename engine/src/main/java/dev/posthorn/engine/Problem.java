package dev.posthorn.engine;

import dev.posthorn.spi.Reason;

/** Something that keeps a model from being served. */
public record Problem(String layer, String className, Reason reason, String message) {}
