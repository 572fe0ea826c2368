package dev.posthorn.engine.keras;

import dev.posthorn.engine.keras.tensorflow.Shards;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The data files of a checkpoint beside its index: {@code ckpt.data-00000-of-00001}. Only what is asked for is read.
 *
 * @param base the index's name without {@code .index}
 */
record BundleShards(Path folder, String base) implements Shards {
  @Override
  public ByteBuffer read(int shard, int count, long offset, int length) {
    String name = base + String.format(Locale.ROOT, ".data-%05d-of-%05d", shard, count);
    Path file =
        FolderFiles.find(folder, name)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.MISSING_WEIGHTS, "there is no file " + name + " beside the index of the checkpoint"));
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      if (offset > channel.size() || length > channel.size() - offset) {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            name + " is truncated: expected " + length + " bytes at " + offset + ", it has " + channel.size());
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      channel.position(offset);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        continue;
      }
      return bytes.flip();
    } catch (IOException e) {
      throw new InferenceException(Reason.INVALID_MODEL, Map.of(), file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
