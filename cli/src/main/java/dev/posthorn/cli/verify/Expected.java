package dev.posthorn.cli.verify;

import dev.posthorn.engine.ArrayTensor;

/**
 * A recorded output.
 *
 * @param output its index in the model's order
 * @param label for messages: the output's name, and the call if it is not the first
 */
public record Expected(int output, String label, ArrayTensor tensor) {}
