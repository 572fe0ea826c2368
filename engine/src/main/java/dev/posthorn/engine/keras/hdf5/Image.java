package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of a file from its base address on. Counts what reading it costs, so that no structure, however it is linked
 * to itself, makes us work without end. Thread-safe.
 */
final class Image {
  /** Structures visited over the life of a file: an honest one has no more than bytes, and far fewer where it is large. */
  private static final long FEWEST_STEPS = 100_000;

  private static final long MOST_STEPS = 8_000_000;

  private final Content bytes;
  private final String what;
  private final Budget budget;
  private final int offsetWidth;
  private final int lengthWidth;
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong decoded = new AtomicLong();

  Image(Content bytes, String what, Budget budget, int offsetWidth, int lengthWidth) {
    this.bytes = bytes;
    this.what = what;
    this.budget = budget;
    this.offsetWidth = offsetWidth;
    this.lengthWidth = lengthWidth;
  }

  Budget budget() {
    return budget;
  }

  int size() {
    return bytes.size();
  }

  int offsetWidth() {
    return offsetWidth;
  }

  int lengthWidth() {
    return lengthWidth;
  }

  /** A place in the file for messages. */
  String place(String path) {
    return path.isEmpty() ? what : what + ": " + path;
  }

  /** That many bytes from an address, whole in the file. */
  Cursor at(long address, long length, String structure, String path) {
    step(path);
    if (address < 0 || length < 0 || address > bytes.size() || length > bytes.size() - address) {
      throw damaged(
          path,
          structure + ": expected " + Long.toUnsignedString(length) + " bytes at " + Long.toUnsignedString(address)
              + " in a file of " + bytes.size() + " bytes");
    }
    return new Cursor(this, bytes.part((int) address, (int) length), address, structure, path);
  }

  /** All bytes from an address on. */
  Cursor from(long address, String structure, String path) {
    return at(address, address < 0 || address > bytes.size() ? 0 : bytes.size() - address, structure, path);
  }

  /** Counts a structure that is looked at. */
  void step(String path) {
    long limit = Math.min(MOST_STEPS, FEWEST_STEPS + bytes.size());
    if (steps.incrementAndGet() > limit) {
      throw damaged(path, "more than " + limit + " structures have to be read");
    }
  }

  /** Counts array bytes that are decoded, so that many names for one array cost no more than many arrays. */
  void decode(long count, String path) {
    Budget.check("model-bytes", budget.bytes(), decoded.addAndGet(count), place(path) + ": bytes of all arrays read");
  }

  InferenceException damaged(String path, String problem) {
    return new InferenceException(
        Reason.INVALID_MODEL, place(path) + " cannot be read, the HDF5 file is damaged: " + problem);
  }

  InferenceException unsupported(String path, String problem) {
    return new InferenceException(Reason.UNSUPPORTED, place(path) + ": " + problem);
  }
}
