package dev.posthorn.engine;

/**
 * How well a model reproduced its example.
 *
 * @param worstError the largest |got - expected| / (1 + |expected|)
 * @param worstOutput the output that it was found in
 */
public record Proof(double worstError, String worstOutput) {}
