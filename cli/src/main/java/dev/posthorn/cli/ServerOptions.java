package dev.posthorn.cli;

import dev.posthorn.client.ClientBuilder;
import dev.posthorn.client.PosthornClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that calls a server. */
final class ServerOptions {
  private static final double NANOS = 1e9;
  private static final double LONGEST_SECONDS = 1e9;

  @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long a call may take; default: 60.")
  double timeout = 60;

  @Option(names = "--tls-ca", paramLabel = "FILE", description = "Not built yet.")
  @Nullable String tlsCa;

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "Not built yet.")
  @Nullable String tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Not built yet.")
  @Nullable String tlsKey;

  @Option(names = "--token-file", paramLabel = "FILE", description = "Not built yet.")
  @Nullable String tokenFile;

  /**
   * A client of that server.
   *
   * @throws UsageException if the address is none, or an option was given that is not built yet
   */
  PosthornClient client(String address) {
    refuse("--tls-ca", tlsCa);
    refuse("--tls-cert", tlsCert);
    refuse("--tls-key", tlsKey);
    refuse("--token-file", tokenFile);
    try {
      ClientBuilder builder = PosthornClient.builder(address).maxMessageBytes(Integer.MAX_VALUE);
      return builder.timeout(limit()).build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  Duration limit() {
    if (!(timeout > 0 && timeout <= LONGEST_SECONDS)) {
      throw new UsageException("--timeout: expected seconds above 0, got " + timeout);
    }
    return Duration.ofNanos((long) (timeout * NANOS));
  }

  static void refuse(String option, @Nullable Object value) {
    if (value != null) {
      throw new UsageException(option + " is not built yet");
    }
  }
}
