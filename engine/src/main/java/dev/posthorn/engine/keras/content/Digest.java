package dev.posthorn.engine.keras.content;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** SHA-256 of contents one after the other; that of large files is computed by a thread of its own meanwhile. */
public final class Digest {
  private Digest() {}

  /**
   * Begins to compute. The supplier waits for the end; hexadecimal.
   *
   * @return fails with INVALID_MODEL if a file cannot be read any more
   */
  public static Supplier<String> of(List<? extends Content> contents) {
    List<Content> own = List.copyOf(contents);
    CompletableFuture<String> digest = new CompletableFuture<>();
    Runnable computation = () -> {
      try {
        digest.complete(compute(own));
      } catch (RuntimeException | Error e) {
        digest.completeExceptionally(e);
      }
    };
    if (own.stream().noneMatch(Digest::isLarge)) {
      computation.run();
    } else {
      Thread.ofPlatform().name("posthorn-sha256").daemon().start(computation);
    }
    return () -> join(digest);
  }

  private static String join(CompletableFuture<String> digest) {
    try {
      return digest.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InferenceException failure) {
        throw failure;
      }
      throw new InferenceException(Reason.INTERNAL, java.util.Map.of(), "SHA-256 failed: " + e.getCause(), e);
    }
  }

  private static boolean isLarge(Content content) {
    return switch (content) {
      case Content.Memory memory -> false;
      case FileContent file -> true;
      case Content.Part part -> isLarge(part.whole());
    };
  }

  private static String compute(List<Content> contents) {
    MessageDigest digest = sha256();
    ByteBuffer own = ByteBuffer.allocate(Content.PIECE);
    for (Content content : contents) {
      if (content instanceof FileContent file) {
        file.all(own, digest::update);
      } else {
        content.each(0, content.size(), digest::update);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
