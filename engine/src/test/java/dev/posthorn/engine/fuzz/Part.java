package dev.posthorn.engine.fuzz;

import java.util.SplittableRandom;

/** A piece of a model file that can be changed inside and is packed again with the right checksums. Immutable. */
sealed interface Part permits BlobPart, Hdf5Part, JsonPart, NpyPart, ProtobufPart, TablePart, ZipPart {
  /** The piece as a file has it. */
  byte[] bytes();

  /** The piece with one change; hardly ever the same as before. */
  Part mutated(SplittableRandom random);

  /** Takes a file apart as far as its content tells how; the name only tells the parts of a checkpoint. */
  static Part of(String name, byte[] content) {
    if (ZipPart.recognises(content)) {
      return ZipPart.of(content);
    }
    if (Hdf5Part.recognises(content)) {
      return Hdf5Part.of(content);
    }
    if (NpyPart.recognises(content)) {
      return new NpyPart(content);
    }
    if (name.endsWith(".index")) {
      return TablePart.of(content);
    }
    if (name.endsWith(".pb")) {
      return ProtobufPart.of(content).orElseThrow();
    }
    if (content.length > 0 && content[0] == '{') {
      return JsonPart.of(content);
    }
    return new BlobPart(content);
  }
}
