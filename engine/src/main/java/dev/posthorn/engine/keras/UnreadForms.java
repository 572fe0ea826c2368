package dev.posthorn.engine.keras;

import dev.posthorn.engine.ModelDescription;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Forms of Keras models that are recognised but not read: refused by name, with what to save instead. */
enum UnreadForms implements ModelReader {
  SAVED_MODEL {
    @Override
    public boolean recognises(Source source) {
      return source instanceof Source.Folder folder && folder.has("saved_model.pb");
    }

    @Override
    String form(Source source) {
      return "SavedModel folders";
    }
  },
  CHECKPOINT {
    /** LevelDB's magic number, the last eight bytes of an index. */
    private static final long MAGIC = 0xdb4775248b80fb57L;

    @Override
    public boolean recognises(Source source) {
      return source instanceof Source.File file && endsWithMagic(file.content());
    }

    private static boolean endsWithMagic(ByteBuffer content) {
      ByteBuffer bytes = content.slice().order(ByteOrder.LITTLE_ENDIAN);
      return bytes.limit() >= Long.BYTES && bytes.getLong(bytes.limit() - Long.BYTES) == MAGIC;
    }

    @Override
    String form(Source source) {
      return "TensorFlow checkpoints";
    }
  };

  abstract String form(Source source);

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    throw new InferenceException(
        Reason.UNSUPPORTED,
        source.what() + ": " + form(source) + " are not read yet; save the model with model.save(\"model.keras\")");
  }
}
