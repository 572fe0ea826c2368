package dev.posthorn.server.repository;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Example;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the inputs and outputs that a settings file names as proof. */
final class ProofFiles {
  private ProofFiles() {}

  static Example example(Settings.Proof proof) {
    return new Example(
        arrays(proof.inputs(), "input_"), arrays(proof.outputs(), "output_"), proof.rtol(), proof.atol());
  }

  private static Map<String, ArrayTensor> arrays(List<Path> files, String alias) {
    Map<String, ArrayTensor> arrays = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      arrays.put(alias + i, Npy.read(files.get(i), Budget.DEFAULT));
    }
    return arrays;
  }
}
