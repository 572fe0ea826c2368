package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.HeapBudget;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** Whole files in memory: nothing that happens to a file later reaches a model that was read from it. */
final class FileBytes {
  private FileBytes() {}

  /**
   * Reads a file.
   *
   * @throws InferenceException INVALID_MODEL if there is none or it cannot be read, TOO_LARGE over the budget
   */
  static ByteBuffer read(Path file, Budget budget) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new InferenceException(
            Reason.INVALID_MODEL, Files.exists(file) ? file + " is not a file" : "there is no file " + file);
      }
      long limit = Math.min(budget.bytes(), Integer.MAX_VALUE - 8);
      long size = Files.size(file);
      Budget.check("model-bytes", limit, size, file + ": bytes");
      HeapBudget.check(size, file.toString());
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length != size) {
          throw new InferenceException(Reason.INVALID_MODEL, file + " became shorter while it was read");
        }
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
      }
    } catch (IOException e) {
      throw new InferenceException(
          Reason.INVALID_MODEL, Map.of(), file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The bytes as an array, which is the caller's. */
  static byte[] copy(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    return bytes;
  }

  /** SHA-256 of these contents one after the other, hexadecimal. */
  static String sha256(Iterable<ByteBuffer> contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (ByteBuffer content : contents) {
        digest.update(content.duplicate());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
