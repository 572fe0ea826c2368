package dev.posthorn.server.grpc;

import dev.posthorn.server.core.Limits;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Lets a generated service parse its messages inside the interceptors, where an undecodable one becomes a proper status,
 * and stops a message that is over the limit once it is inflated.
 */
public final class LimitedMessages {
  private LimitedMessages() {}

  public static ServerServiceDefinition limit(ServerServiceDefinition service, Limits limits) {
    return ServerInterceptors.useMarshalledMessages(service, new Streams(limits.messageBytes()));
  }

  private record Streams(int most) implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream instanceof KnownLength ? stream : new Limited(stream, most);
    }
  }

  private static final class Limited extends FilterInputStream {
    private final int most;
    private long count;

    Limited(InputStream in, int most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      int octet = super.read();
      count(octet < 0 ? 0 : 1);
      return octet;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int some = super.read(into, from, length);
      count(Math.max(0, some));
      return some;
    }

    private void count(int some) {
      count += some;
      if (count > most) {
        throw Limits.tooLarge("message", most, count, "bytes of a message");
      }
    }
  }
}
