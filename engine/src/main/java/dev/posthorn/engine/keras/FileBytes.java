package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.FileContent;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Opens files: small ones are read whole; large ones stay open, and what is wanted of them is read when it is wanted. A
 * file that another one replaces is read to its end nevertheless.
 */
final class FileBytes {
  /** Up to here a file is read whole. */
  private static final int SMALL = 16 << 20;

  private FileBytes() {}

  /**
   * Opens a file.
   *
   * @throws InferenceException INVALID_MODEL if there is none or it cannot be read, TOO_LARGE over the budget
   */
  static Content read(Path file, Budget budget) {
    return read(file, budget, SMALL);
  }

  /** As above, with another limit of what is read whole. */
  static Content read(Path file, Budget budget, int small) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new InferenceException(
            Reason.INVALID_MODEL, Files.exists(file) ? file + " is not a file" : "there is no file " + file);
      }
      FileChannel channel = FileChannel.open(file);
      Content content;
      try {
        content = new FileContent(channel::read, file.toString(), checkedSize(file, channel.size(), budget));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      if (content.size() > small) {
        return content;
      }
      try (channel) {
        return Content.of(content.view(0, content.size()));
      }
    } catch (IOException e) {
      throw new InferenceException(
          Reason.INVALID_MODEL, Map.of(), file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static int checkedSize(Path file, long size, Budget budget) {
    Budget.check("model-bytes", Math.min(budget.bytes(), Integer.MAX_VALUE - 8), size, file + ": bytes");
    return (int) size;
  }

  /** The bytes as an array, which is the caller's. */
  static byte[] copy(Content content) {
    return content.copy();
  }

  /** The bytes as an array, which is the caller's. */
  static byte[] copy(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    return bytes;
  }
}
