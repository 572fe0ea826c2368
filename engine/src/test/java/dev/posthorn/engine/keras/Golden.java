package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Recorded files of the tests, and how a refusal looks. */
final class Golden {
  private Golden() {}

  static Path file(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String name) {
    return FileBytes.copy(content(name));
  }

  static Content content(String name) {
    return FileBytes.read(file(name), Budget.DEFAULT);
  }

  static void assertRefused(ThrowingCallable call, Reason reason, String... parts) {
    Assertions.assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InferenceException.class, e -> Assertions.assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
        .message()
        .contains(parts);
  }
}
