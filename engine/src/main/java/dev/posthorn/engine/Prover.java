package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import java.util.Map;

/** Replays a model's example before the model goes live. */
final class Prover {
  private Prover() {}

  static Proof prove(Model model, Example example) {
    List<ArrayTensor> outputs = model.predict(model.signature().bind(example.inputs()));
    double worst = 0;
    String worstOutput = "";
    for (Map.Entry<String, ArrayTensor> entry : example.outputs().entrySet()) {
      int index = model.signature().outputIndex(entry.getKey());
      String name = model.signature().outputs().get(index).name();
      Comparison comparison = Comparison.of(entry.getValue(), outputs.get(index), example.rtol(), example.atol());
      if (!comparison.passed()) {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            Map.of("output", name, "expected", comparison.expected(), "actual", comparison.got()),
            "the model does not reproduce its example: output '" + name + "' at " + comparison.place()
                + ": expected " + comparison.expected() + ", got " + comparison.got());
      }
      if (worstOutput.isEmpty() || comparison.error() > worst) {
        worst = comparison.error();
        worstOutput = name;
      }
    }
    return new Proof(worst, worstOutput);
  }
}
