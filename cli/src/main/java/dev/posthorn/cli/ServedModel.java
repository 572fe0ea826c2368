package dev.posthorn.cli;

import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.engine.Signature;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelVersion;

/** The default version of a model on a server. */
record ServedModel(String name, ModelVersion version, Signature signature) {

  /**
   * Asks the server.
   *
   * @throws dev.posthorn.client.PosthornException if it cannot be reached or has no such model
   * @throws ServerException if no version of the model is READY
   */
  static ServedModel get(PosthornClient client, String name) {
    Model model = client.models().get(name);
    for (ModelVersion version : model.getVersionsList()) {
      if (version.getVersion() == model.getDefaultVersion() && model.getDefaultVersion() != 0) {
        return new ServedModel(name, version, WireTensors.signature(version));
      }
    }
    String why =
        model.getVersionsCount() == 0 ? "" : ": " + model.getVersions(model.getVersionsCount() - 1).getError().getMessage();
    throw new ServerException("model '" + name + "' has no version that is ready" + why);
  }
}
